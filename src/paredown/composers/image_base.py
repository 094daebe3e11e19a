"""A finished image as the base: its file system with owners, its configuration, and the Python it brings."""

import posixpath
import re
from pathlib import Path

from paredown.composers.interface import Means
from paredown.composers.ownership import attribute
from paredown.errors import UserError
from paredown.oci.layer_reader import read_layers
from paredown.oci.layout_reader import pick, read
from paredown.oci.model import ImageConfig
from paredown.plan import ImageBase
from paredown.tree import Kind, Tree

_DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"
_VERSIONED = re.compile(r"python(3\.\d+)")


def compose(base: ImageBase, architecture: str, means: Means) -> tuple[Tree, ImageConfig, str, str]:
    """The image's tree, its configuration, its Python's version (`3.13`) and the interpreter's absolute path.

    UserError when the file is no image, has no image for `architecture`, or holds no Python 3.
    """
    fix = "build for what the base has, with `--platform`, or use another base"
    image = pick(read(Path(base.path)), architecture, where=str(base.origin), fix=fix)
    tree = attribute(read_layers(image.layers, means.store, means.progress))
    version, interpreter = find_python(tree, dict(image.config.environment).get("PATH", ""), base)
    return tree, image.config, version, interpreter


def find_python(tree: Tree, path: str, base: ImageBase) -> tuple[str, str]:
    """(version, interpreter) of the first `python3` or `python` on `path`; nothing is run, names and folders tell."""
    folders = [*(folder for folder in path.split(":") if folder.startswith("/")), *_DEFAULT_PATH.split(":")]
    for folder in folders:
        for name in ("python3", "python"):
            program = posixpath.join(folder, name)
            found = tree.resolve(program.lstrip("/"))
            if found is None or not tree[found].executable:
                continue
            version = _version(tree, found)
            if version is not None:
                return version, _plain_name(tree, found)
    raise UserError(
        f"the base image {posixpath.basename(base.path)} has no Python 3",
        where=base.origin,
        fix="use an image that has one (`python:3.13-slim`), or leave `base` out for a Debian base with Python",
    )


def _plain_name(tree: Tree, found: str) -> str:
    # The real file is the most lasting name: `/usr/bin/python3` may be a link that a later package moves.
    return "/" + found if tree[found].kind is Kind.FILE else found


def _version(tree: Tree, program: str) -> str | None:
    """The version that the program's own name tells, else the only standard library beside it."""
    named = _VERSIONED.fullmatch(posixpath.basename(program))
    if named:
        return named[1]
    library = posixpath.join(posixpath.dirname(posixpath.dirname(program)), "lib")
    versions = {
        found[1]
        for path, entry in tree.under(library)
        if entry.kind is Kind.FILE and (found := re.fullmatch(re.escape(library) + r"/python(3\.\d+)/os\.py", path))
    }
    return versions.pop() if len(versions) == 1 else None
