"""Which small programs an image has: those of its base, as far as it is a known one, and what the Dockerfile adds and takes."""

import posixpath

from paredown.dockerfile.actions import Other, SystemInstall, SystemRemoval, action_of
from paredown.dockerfile.stages import Stage
from paredown.rules.bases import Base, base_of
from paredown.rules.recipe import Recipe

_ASKED = frozenset(("curl", "wget", "nc", "ps", "pgrep"))
_PACKAGES = {"nc": ("netcat", "netcat-openbsd", "netcat-traditional", "busybox", "ncat"), "ps": ("procps", "procps-ng"), "pgrep": ("procps", "procps-ng")}
_PLAIN = frozenset(("python", "pypy", "debian", "ubuntu", "alpine", "ghcr.io/astral-sh/uv"))


def is_missing(recipe: Recipe, stage: Stage, program: str) -> bool:
    """Whether `program` is certainly not in the image that `stage` makes. What nobody knows is not missing."""
    if program not in _ASKED or stage.chain[0].undefined or not _base_lacks(base_of(stage), program):
        return False
    return not _may_be_added(recipe, stage, program)


def _base_lacks(base: Base, program: str) -> bool:
    if base.name.startswith("gcr.io/distroless/"):
        return "debug" not in base.tag
    if base.name not in _PLAIN:
        return False
    if base.system == "alpine":
        return program == "curl"  # busybox has the others
    # The full images of Python and uv stand on buildpack-deps, which has curl, wget and procps.
    return base.slim or base.name in ("debian", "ubuntu")


def _may_be_added(recipe: Recipe, stage: Stage, program: str) -> bool:
    """Whether it is installed and stays, is copied, or a step that nobody understands may have brought it."""
    wanted = (program, *_PACKAGES.get(program, ()))
    added = False
    groups: dict[str, bool] = {}  # apk's virtual packages with the program in them
    for one in stage.chain:
        for step in one.steps:
            instruction = step.instruction
            if instruction.name in ("COPY", "ADD") and any(posixpath.basename(word.text) == program for word in instruction.words):
                return True
            if instruction.name in ("COPY", "ADD") and instruction.flag("from") and any(_is_bin(word.text) for word in instruction.words[:-1]):
                return True
            if instruction.name != "RUN":
                continue
            script = recipe.script(step)
            if not script.understood:
                return True
            for command in script.commands:
                action = action_of(command)
                if isinstance(action, SystemInstall):
                    if any(not word.plain for word in action.packages):
                        return True
                    brings = any(word.text.partition("=")[0] in wanted for word in action.packages)
                    added = added or brings
                    groups[action.virtual] = brings and action.virtual != ""
                elif isinstance(action, SystemRemoval):
                    added = added and not any(word.text in wanted or groups.get(word.text, False) for word in action.packages)
                elif isinstance(action, Other) and (
                    command.program.endswith(".sh") or command.program in ("dpkg", "brew", "nix-env") or any(word.text == program for word in command.words)
                ):
                    return True
    return added


def _is_bin(path: str) -> bool:
    return path.rstrip("/") in ("/", "/usr", "/usr/bin", "/bin", "/usr/local", "/usr/local/bin")
