"""The small service with bad habits as an image, in the real sandbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from machine_python import LIBRARY, LOADED_FROM, PROGRAM, VERSION, machine_python
from paredown import sandbox
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.plan import Verification
from paredown.probes.interface import Image, Subject
from paredown.pydist.facts import Facts
from paredown.runners.interface import Installed, Runnable
from paredown.runners.launching import launch_of
from paredown.runners.sandbox import SandboxRunner
from paredown.store import Store
from paredown.tree import Tree, file_of, folder_of
from toy_services import SERVICE


@dataclass(frozen=True, slots=True)
class ToyImage:
    """The image, ready to run."""

    image: Image
    installed: Installed

    @contextmanager
    def subject(self, *habits: str, argv: tuple[str, ...] = (), settings: dict[str, Any] | None = None) -> Iterator[Subject]:
        """The service with these habits on a new machine."""
        launch = launch_of(self.image.config, self.image.tree, environment={"HABITS": " ".join(habits)})
        given = Verification(**{"patience": 20, "grace": 5, **(settings or {})})
        with self.installed.machine() as machine:
            yield Subject(image=self.image, machine=machine, launch=replace(launch, argv=argv or launch.argv), settings=given)


@contextmanager
def toy_image(folder: Path) -> Iterator[ToyImage]:
    """The image, installed; its Store is below `folder`. Tests are skipped where no sandbox runs."""
    if reason := sandbox.unavailable():
        pytest.skip(reason)
    tree = machine_python().over(Tree({"app/service.py": file_of(SERVICE.encode()), "app/data": folder_of(mode=0o770)}))
    config = ImageConfig(
        platform=ImagePlatform(architecture="amd64"), entrypoint=(PROGRAM, "-I", "/app/service.py"), user="10001:0", ports=("8000/tcp",),
        environment=(("PORT", "8000"), ("FOLDER", "/app/data"), ("LD_LIBRARY_PATH", LOADED_FROM)),
    )  # fmt: skip
    store = Store(folder)
    facts = Facts(python=VERSION, standard_library=LIBRARY, site=())
    image = Image(name="toy", config=config, tree=tree, facts=facts, python=PROGRAM, removals=(), store=store)
    with SandboxRunner(store).install(Runnable(config=config, tree=tree)) as installed:
        yield ToyImage(image, installed)
