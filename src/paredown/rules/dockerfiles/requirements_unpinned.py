"""Finds requirements files that leave versions open."""

from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall
from paredown.dockerfile.shell import ShellWord
from paredown.dockerfile.stages import Step
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.manifests import Requirement, requirements_in, source_in_context
from paredown.rules.recipe import Recipe

_SHOWN = 4  # names in a message


@rule(
    id="requirements-unpinned",
    severity=Severity.WARNING,
    summary="the requirements file that is installed leaves versions open",
    why="What a requirements file leaves open is chosen anew whenever its layer is built: two images of one commit can differ, and a release on PyPI"
    " breaks a build that nobody has touched.",
    sources=("https://pip.pypa.io/en/stable/topics/repeatable-installs/", "https://12factor.net/dependencies"),
    same_as=("CIS 4.11", "12-factor II"),
    files=(("requirements.txt", "flask\ngunicorn>=23\n"), ("requirements.lock", "flask==3.1.2\ngunicorn==23.0.0\n")),
    before='FROM python:3.13-slim\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCMD ["gunicorn", "shop:app"]\n',
    after='FROM python:3.13-slim\nCOPY requirements.lock .\nRUN pip install --no-cache-dir -r requirements.lock\nCMD ["gunicorn", "shop:app"]\n',
)
def requirements_unpinned(recipe: Recipe) -> Iterator[Found]:
    for step, action in recipe.actions(PythonInstall):
        if action.tool not in ("pip", "uv pip") or action.command.has("-c", "--constraint"):
            continue
        for word in action.files:
            listed = tuple(_listed(recipe, step, word))
            open_ones = list(dict.fromkeys(one.written for one in listed if not one.is_pinned))
            if open_ones:
                more = f" and {len(open_ones) - _SHOWN} more" if len(open_ones) > _SHOWN else ""
                yield Found(
                    message=f"{word.text} leaves open which {', '.join(open_ones[:_SHOWN])}{more} to install",
                    span=word.span,
                    advice="keep that file as the input of a lock, and install the lock: `uv pip compile requirements.in -o requirements.txt`",
                )


def _listed(recipe: Recipe, step: Step, word: ShellWord) -> Iterator[Requirement]:
    """What the context's file that the build installs as `word` names; nothing where it is not sure which one that is."""
    if word.plain and not word.text.startswith("http"):
        yield from requirements_in(recipe, source_in_context(recipe, step, word.text))
