"""Whether a service comes up, in the real sandbox."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from paredown.probes import arrival
from paredown.probes.diagnosis import Diagnosis
from toy_images import ToyImage, toy_image


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyImage]:
    with toy_image(tmp_path_factory.mktemp("toy")) as made:
        yield made


def awaited(toy: ToyImage, *habits: str, argv: tuple[str, ...] = (), patience: float = 20) -> Diagnosis | None:
    with toy.subject(*habits, argv=argv, settings={"patience": patience}) as subject, subject.machine.service(subject.launch) as service:
        return arrival.awaited(service, subject, subject.launch, "/")


def test_it_has_come_up_when_it_is_only_slow(toy: ToyImage) -> None:
    assert awaited(toy, "slow") is None


def test_the_other_port_is_named_when_it_listens_there(toy: ToyImage) -> None:
    found = awaited(toy, "elsewhere", patience=3)
    assert found is not None
    assert found.what == "the service listens on port 8001, but is expected on 8000"


def test_the_missing_program_is_named_when_it_is_not_in_the_image(toy: ToyImage) -> None:
    found = awaited(toy, argv=("uvicorn", "main:app"))
    assert found is not None
    assert found.what.startswith("the service cannot be started: uvicorn")
    assert found.fix.startswith("the image must have uvicorn")


def test_the_path_is_named_when_it_may_not_write_its_own_folder(toy: ToyImage) -> None:
    with toy.subject("writes", settings={"patience": 20}) as subject:
        launch = replace(subject.launch, environment=(*dict(subject.launch.environment, FOLDER="/app").items(),))
        with subject.machine.service(launch) as service:
            found = arrival.awaited(service, subject, launch, "/")
    assert found is not None
    assert "it cannot write /app/cache.db" in found.what
    assert found.fix == '[tool.paredown]\nwritable = ["/app"]'


def test_nothing_is_left_when_a_service_leaves_children_behind(toy: ToyImage) -> None:
    with toy.subject("forks") as subject:
        for _ in range(2):
            with subject.machine.service(subject.launch) as service:
                assert arrival.awaited(service, subject, subject.launch, "/") is None
