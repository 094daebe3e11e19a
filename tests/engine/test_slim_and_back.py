"""A slimmed image in Docker, its debug companion, and what comes back: loaded, started, asked."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from builders import tree_of
from engines import Engine
from image_layers import packed
from machine_python import LIBRARY, LOADED_FROM, PROGRAM, machine_python, on_disk
from paredown.composers.build_root import host_architecture
from paredown.composers.interface import Means
from paredown.oci import layout
from paredown.oci.assemble import image_of, image_set
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.progress import Quiet
from paredown.restoring import Request, restore
from paredown.slimming import Request as Slim
from paredown.slimming import slim
from paredown.store import Store

SITE = f"{LIBRARY}/site-packages"
ROOT = {
    "app/shop.py": b"import json\n",
    "etc/passwd": b"app:x:10001:0::/tmp:/bin/false\n",
    "usr/bin/sh": replace(on_disk(Path("/bin/dash")), mode=0o755),
    f"{SITE}/pip/__init__.py": b"__version__ = '24.0'\n",
    f"{SITE}/pip-24.0.dist-info/METADATA": b"Name: pip\nVersion: 24.0\n",
    f"{SITE}/pip-24.0.dist-info/RECORD": b"pip/__init__.py,,\npip-24.0.dist-info/METADATA,,\npip-24.0.dist-info/RECORD,,\n",
    "var/lib/dpkg/status": b"Package: dash\nStatus: install ok installed\nVersion: 1\n\n",
    "var/lib/dpkg/info/dash.list": b"/usr/bin/sh\n",
}


@pytest.fixture(scope="module")
def images(docker: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """`paredown-back:small`, its companion `:debug`, and `:more`, of which pip came back, in the engine."""
    folder = tmp_path_factory.mktemp("back")
    means = Means(store=Store(folder / "store"), progress=Quiet(), mirror="", environment=dict(os.environ))
    config = ImageConfig(
        platform=ImagePlatform(architecture=host_architecture().value), user="10001:0", working_directory="/app",
        environment=(("PATH", "/usr/bin"), ("LD_LIBRARY_PATH", LOADED_FROM)), command=(PROGRAM, "shop.py"),
    )  # fmt: skip
    layers = [("python", packed(machine_python(), means.store)), ("app", packed(tree_of(ROOT).with_parents(), means.store))]
    layout.write_tar(image_set([image_of(config, layers)], reference="paredown-back:big"), folder / "big.tar", means.store)
    wanted = Slim(
        image=str(folder / "big.tar"), tag="paredown-back:small", load=True, project=folder, verify=False, spare=folder / "spare.tar",
        companion="paredown-back:debug",
    )  # fmt: skip
    slim(wanted, means)
    restore(Request(image="paredown-back:small", spare=folder / "spare.tar", patterns=(f"/{SITE}/pip",), tag="paredown-back:more", load=True), means)
    yield
    subprocess.run([docker.program, "rmi", "--force", *(f"paredown-back:{tag}" for tag in ("small", "debug", "more"))], capture_output=True, check=True)


@pytest.mark.usefixtures("images")
def test_the_companion_has_the_shell_that_the_image_lacks(docker: Engine) -> None:
    command = ("--rm", "--entrypoint", "/usr/bin/sh")
    assert docker.run("run", *command, "paredown-back:debug", "-c", "echo from a shell") == "from a shell\n"
    lacking = subprocess.run([docker.program, "run", *command, "paredown-back:small", "-c", "true"], capture_output=True, check=False)
    assert lacking.returncode in (126, 127)


@pytest.mark.usefixtures("images")
def test_a_module_that_was_taken_says_so_and_comes_back(docker: Engine) -> None:
    program = (
        f"import site\nsite.addsitedir('/{SITE}')\ntry:\n import pip\n print(pip.__version__)\nexcept ModuleNotFoundError as error:\n print(error.name, error)"
    )
    command = ("--rm", "--read-only", "--user", "12345")
    told = docker.run("run", *command, "paredown-back:small", PROGRAM, "-c", program)
    assert told == f"pip No module named 'pip': paredown took it (installers); keep it with --keep '/{SITE}/pip'\n"
    assert docker.run("run", *command, "paredown-back:more", PROGRAM, "-c", program) == "24.0\n"
