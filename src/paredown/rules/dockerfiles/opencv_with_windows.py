"""Finds OpenCV with its windows in a service that shows none."""

from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall
from paredown.dockerfile.shell import ShellWord
from paredown.dockerfile.syntax import Edit, Span
from paredown.rules.installed import installed, name_of
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.manifests import declared, pyproject_of, requirement_of, requirements_in, source_in_context
from paredown.rules.purpose import is_service
from paredown.rules.recipe import Recipe

_WINDOWED = frozenset({"opencv-python", "opencv-contrib-python"})
_FOR_WINDOWS = frozenset({
    "libgl1", "libgl1-mesa-glx", "libgl1-mesa-dri", "libsm6", "libxext6", "libxrender1", "libxrender-dev", "libglx-mesa0", "libx11-6", "libxcb1",
})  # fmt: skip


@rule(
    id="opencv-with-windows",
    severity=Severity.WARNING,
    summary="opencv-python brings windows and needs the X and GL libraries; a service has use for opencv-python-headless",
    why="The windowed build does not import without libGL, so the image gets Mesa and X with all that they depend on; the headless build has the same"
    " functions but for imshow and its windows.",
    sources=("https://pypi.org/project/opencv-python-headless/", "lightly-ai/lightly-train#595"),
    same_as=("CIS 4.3",),
    safety=Safety.VERIFIED,
    before='FROM python:3.13-slim\nRUN pip install --no-cache-dir opencv-python==4.12.0.88\nCMD ["python", "-m", "shop"]\n',
    after='FROM python:3.13-slim\nRUN pip install --no-cache-dir opencv-python-headless==4.12.0.88\nCMD ["python", "-m", "shop"]\n',
)
def opencv_with_windows(recipe: Recipe) -> Iterator[Found]:
    if not is_service(recipe):
        return
    libraries = [word.text for _, _, word in installed(recipe, *recipe.final.chain) if name_of(word) in _FOR_WINDOWS]
    what = f", for which {', '.join(libraries)} {'is' if len(libraries) == 1 else 'are'} installed" if libraries else ""
    for step, action in recipe.actions(PythonInstall):
        for word in action.packages if action.tool in ("pip", "uv pip") else ():
            found = requirement_of(word.text)
            if found is not None and found.name in _WINDOWED:
                yield Found(message=f"{found.written} is the build with windows{what}", span=word.span, edits=_headless(recipe, word, found.written))
        listed = [one for file in action.files for one in requirements_in(recipe, source_in_context(recipe, step, file.text))]
        listed += [one for one in declared(pyproject_of(recipe)) if action.tool in ("uv sync", "poetry", "pdm")]
        for one in {one.name: one for one in listed if one.name in _WINDOWED}.values():
            advice = f"declare {one.name}-headless instead"
            yield Found(message=f"{one.written} is the build with windows{what}", span=action.command.span, advice=advice)


def _headless(recipe: Recipe, word: ShellWord, written: str) -> tuple[Edit, ...]:
    text = recipe.dockerfile.text[word.span.start : word.span.end]
    place = word.span.start + text.find(written) + len(written)
    return (Edit(Span(place, place), "-headless"),) if written in text else ()
