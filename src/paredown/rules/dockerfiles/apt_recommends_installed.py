"""Finds apt installs that bring in recommended packages nobody asked for."""

from collections.abc import Iterator

from paredown.dockerfile.actions import SystemInstall
from paredown.dockerfile.stages import Stage
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.script_edits import with_flag

_TELLING = ("Install-Recommends", "install-recommends")


@rule(
    id="apt-recommends-installed",
    severity=Severity.WARNING,
    summary="apt installs recommended packages, too",
    why="What a package recommends is there for desktops and people at a prompt: documentation, editors, mail servers. Each is more to download, to patch "
    "and to attack. A recommended package that the service does need belongs on the line by its name.",
    sources=("https://github.com/hadolint/hadolint/wiki/DL3015", "https://manpages.debian.org/bookworm/apt/apt-get.8.en.html"),
    same_as=("hadolint DL3015", "CIS 4.3"),
    safety=Safety.VERIFIED,
    before="FROM debian:12-slim\nRUN apt-get update && apt-get install -y libpq5 && rm -rf /var/lib/apt/lists/*\n",
    after="FROM debian:12-slim\nRUN apt-get update && apt-get install --no-install-recommends -y libpq5 && rm -rf /var/lib/apt/lists/*\n",
)
def apt_recommends_installed(recipe: Recipe) -> Iterator[Found]:
    if any(_is_configured(recipe, stage) for stage in recipe.final.chain):
        return
    for _, action in recipe.actions(SystemInstall, *recipe.final.chain):
        told = any(name in word.text for word in action.command.words for name in _TELLING)
        if action.manager == "apt" and action.packages and not told and not action.command.has("--reinstall", "--download-only", "-f"):
            verb = next(word for word in action.command.arguments if word.text == "install")
            yield Found(
                message=f"what {_named([word.text for word in action.packages])} recommend{'s' * (len(action.packages) == 1)} is installed, too",
                span=action.command.span,
                edits=(with_flag(verb, "--no-install-recommends"),),
            )


def _named(packages: list[str]) -> str:
    return packages[0] if len(packages) == 1 else f"{packages[0]} and {packages[1]}" if len(packages) == 2 else f"{packages[0]} and {len(packages) - 1} more"


def _is_configured(recipe: Recipe, stage: Stage) -> bool:
    """Whether apt's configuration may say it for all installs."""
    for step in stage.steps:
        words = [word.text for word in step.instruction.words]
        if step.instruction.name in ("COPY", "ADD") and words and "/etc/apt" in words[-1]:
            return True
    return any("apt.conf" in step.instruction.arguments.text or "Install-Recommends" in step.instruction.arguments.text for step, _ in recipe.runs(stage))
