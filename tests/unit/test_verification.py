"""Two images compared through the real sandbox: those that cannot be started, do not come up, or whose settings cannot work."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from paredown.errors import UserError
from paredown.experiment import unstartable
from paredown.opening import Opened
from paredown.origin import Origin
from paredown.plan import Companion, Verification
from paredown.result import Answer, Verdict
from paredown.runners.interface import Runnable
from paredown.runners.sandbox import SandboxRunner
from paredown.stopwatch import Stopwatch
from paredown.verification import compared
from toy_images import ToyImage, toy_image


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyImage]:
    with toy_image(tmp_path_factory.mktemp("toy")) as image:
        yield image


def opened(toy: ToyImage, **config: Any) -> Opened:
    changed = replace(toy.image.config, **config)
    return Opened(replace(toy.image, config=changed), Runnable(config=changed, tree=toy.image.tree))


def verdict_of(before: Opened, after: Opened, **settings: Any) -> Verdict:
    runner = SandboxRunner(before.image.store)
    return compared(before, after, runner=runner, settings=Verification(**settings), environment=dict(os.environ), watch=Stopwatch())


def test_a_command_is_missing_before_anything_runs(toy: ToyImage) -> None:
    with pytest.raises(UserError, match="no command to start"):
        verdict_of(opened(toy, entrypoint=()), opened(toy))


def test_an_image_after_that_cannot_be_started_is_different(toy: ToyImage) -> None:
    verdict = verdict_of(opened(toy), opened(toy, user="nobody-here"))
    assert verdict.answer is Answer.DIFFERENT
    assert "the image starts as the user 'nobody-here'" in {item.key: item.after for item in verdict.differences}["comes up"]


def test_an_unknown_user_cannot_be_started(toy: ToyImage) -> None:
    assert unstartable(opened(toy)) is None
    assert "nobody-here" in str(unstartable(opened(toy, user="nobody-here")))


def test_a_companion_must_not_take_the_port_of_the_service(toy: ToyImage) -> None:
    companion = Companion(name="db", command=("sleep", "9"), ports=(8000,), origin=Origin("paredown.toml", 2))
    with pytest.raises(UserError, match="the service and the companion db both take port 8000"):
        verdict_of(opened(toy), opened(toy), companions=(companion,))


def test_a_test_command_that_is_not_there_is_told_before_anything_runs(toy: ToyImage, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the test command pytset cannot be started"):
        verdict_of(opened(toy), opened(toy), test=("pytset",), project=str(tmp_path))
