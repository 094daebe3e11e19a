"""What a service is made of, inside a real sandbox."""

from collections.abc import Iterator

import pytest

from machine_python import PROGRAM
from paredown.probes import arrival, workers
from paredown.result import Observation
from toy_images import ToyImage, toy_image


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyImage]:
    with toy_image(tmp_path_factory.mktemp("toy")) as made:
        yield made


def seen_of(toy: ToyImage, *habits: str, argv: tuple[str, ...] = ()) -> dict[str, object]:
    with toy.subject(*habits, argv=argv) as subject, subject.machine.service(subject.launch) as service:
        assert arrival.awaited(service, subject, subject.launch, "/") is None
        return {seen.key: seen.value for seen in workers.observe(service, subject) if isinstance(seen, Observation)}


def test_one_process_is_seen_when_there_are_no_workers(toy: ToyImage) -> None:
    assert seen_of(toy) == {
        "processes": {"service.py": 1},
        "user": ["10001:0"],
        "umask": ["0022"],
        "no shell as process 1": None,
        "a lock between processes": None,
        "shared memory": None,
    }


def test_all_processes_are_seen_when_there_are_children(toy: ToyImage) -> None:
    assert seen_of(toy, "forks")["processes"] == {"service.py": 4}


def test_a_process_is_seen_when_it_stands_between(toy: ToyImage) -> None:
    starter = f"import subprocess; subprocess.run(['{PROGRAM}', '-I', '/app/service.py'])"
    assert seen_of(toy, argv=(PROGRAM, "-c", starter))["processes"] == {"python -c": 1, "service.py": 1}
