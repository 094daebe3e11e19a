"""What the scripts of a stage install from the distribution and leave there."""

import re
from collections.abc import Iterator

from paredown.dockerfile.actions import SystemInstall, SystemRemoval, action_of
from paredown.dockerfile.shell import Script, ShellWord
from paredown.dockerfile.stages import Stage, Step
from paredown.rules.recipe import Recipe

_COMPILERS = re.compile(
    r"(?:build-essential|build-base|alpine-sdk|gcc(?:-\d+)?|g\+\+(?:-\d+)?|gfortran|clang(?:-\d+)?|llvm(?:-\d+)?|make|cmake|ninja-build|meson|automake|autoconf|libtool"
    r"|pkg-config|pkgconf|rustc?|cargo|golang(?:-go)?|swig|bison|flex|linux-headers|gcc-c\+\+|[\w.+-]+-dev|[\w.+-]+-devel)"
)  # fmt: skip


def installed(recipe: Recipe, *stages: Stage) -> Iterator[tuple[Step, SystemInstall, ShellWord]]:
    """The system packages that these stages install and that the same script does not remove again."""
    for stage in stages:
        for step, action in recipe.actions(SystemInstall, stage):
            script = recipe.script(step)
            for word in action.packages:
                if not _goes(word, action, script):
                    yield step, action, word


def building_packages(recipe: Recipe, *stages: Stage) -> Iterator[tuple[SystemInstall, ShellWord]]:
    """Those of them that only a build needs: compilers, build systems, headers."""
    for _, action, word in installed(recipe, *stages):
        if _COMPILERS.fullmatch(name_of(word)):
            yield action, word


def name_of(word: ShellWord) -> str:
    """A package's name, without version, architecture, suite and repository."""
    return re.split(r"[=~<>:@]|(?<=\w)/", word.text)[0]


def _goes(word: ShellWord, action: SystemInstall, script: Script) -> bool:
    """Whether a later command of the script removes the package: by name, by apk's virtual name, by a variable, or as no longer needed."""
    marked = any(command.program == "apt-mark" for command in script.commands)
    for removal in map(action_of, script.commands):
        if isinstance(removal, SystemRemoval) and removal.command.span.start > action.command.span.start:
            named = [name_of(one) for one in removal.packages]
            if marked or name_of(word) in named or (action.virtual and action.virtual in named) or any(not one.plain for one in removal.packages):
                return True
    return not script.understood
