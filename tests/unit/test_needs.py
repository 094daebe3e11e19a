"""What the service's own Python looks into, and what it does not."""

from pathlib import Path
from typing import Any

import pytest

from builders import tree_of
from paredown.composers.ownership import attribute
from paredown.needs import Needs
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.opening import image_of
from paredown.store import Store
from paredown.trims.interface import Level

MERCURIAL = "usr/lib/python3/dist-packages/mercurial/ui.py"
ROOT: dict[str, Any] = {
    "app/main.py": b"print()\n",
    "usr/bin/python3.13*": b"\x7fELF",
    "usr/lib/python3.13/os.py": b"",
    MERCURIAL: b'import subprocess\nsubprocess.run(["sensible-editor"])\n',
}
ENVIRONMENT = {"app/.venv/bin/python": "-> /usr/bin/python3.13", "app/.venv/lib/python3.13/site-packages/shop.py": b""}


def needs_of(files: dict[str, Any], python: str, folder: Path) -> Needs:
    config = ImageConfig(
        platform=ImagePlatform(architecture="amd64"), working_directory="/app", environment=(("PATH", "/usr/bin"),), command=(f"/{python}", "main.py")
    )  # fmt: skip
    return Needs(image=image_of("shop", config, attribute(tree_of(files).with_parents()), Store(folder)))


@pytest.mark.parametrize(
    ("files", "python", "sees"),
    [
        (ROOT, "usr/bin/python3.13", True),
        ({**ROOT, **ENVIRONMENT, "app/.venv/pyvenv.cfg": b"include-system-site-packages = false\n"}, "app/.venv/bin/python", False),
        ({**ROOT, **ENVIRONMENT, "app/.venv/pyvenv.cfg": b"include-system-site-packages = true\n"}, "app/.venv/bin/python", True),
        ({**ROOT, "usr/local/bin/python3.13*": b"\x7fELF", "usr/local/lib/python3.13/os.py": b""}, "usr/local/bin/python3.13", False),
    ],
)
def test_what_lies_where_the_services_python_does_not_look_names_nothing(files: dict[str, Any], python: str, sees: bool, tmp_path: Path) -> None:
    needs = needs_of(files, python, tmp_path)
    facts = needs.facts(needs.tree, Level.LEAN, frozenset())
    assert facts.named is not None
    assert ("sensible-editor" in facts.named.programs) is sees
    assert facts.unseen == (() if sees else ("usr/lib/python3/dist-packages",))
