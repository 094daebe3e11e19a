"""Finds `apt` in scripts: it is made for people, and says so itself."""

from collections.abc import Iterator

from paredown.dockerfile.shell import ShellCommand, ShellWord
from paredown.rules.bases import base_of
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe

_SAME = frozenset({"install", "update", "remove", "purge", "autoremove", "clean", "autoclean", "build-dep", "download", "source", "satisfy"})
_OTHER = {"full-upgrade": "dist-upgrade"}


@rule(
    id="apt-for-apt-get",
    severity=Severity.INFO,
    summary="`apt` is used where `apt-get` is meant for scripts",
    why="`apt` warns that its command line is not stable: flags and what it prints may change with any release of the distribution.",
    sources=("https://github.com/hadolint/hadolint/wiki/DL3027", "https://manpages.debian.org/bookworm/apt/apt.8.en.html"),
    same_as=("hadolint DL3027",),
    safety=Safety.SAFE,
    before="FROM debian:12-slim\nRUN apt update && apt install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*\n",
    after="FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*\n",
)
def apt_for_apt_get(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        # These images delete downloaded packages after an install of either; elsewhere only `apt` does.
        known = base_of(stage).name in ("debian", "ubuntu", "python")
        for _, script in recipe.runs(stage):
            used = [(command, word) for command in script.commands for word in command.words if word.text == "apt" and command.program == "apt"]
            if used:
                yield Found(
                    message="`apt` says itself that scripts are to use `apt-get`",
                    span=used[0][1].span,
                    edits=tuple(edit for command, word in used for edit in _edits(command, word)),
                    advice="write `apt-get` or `apt-cache`",
                    safety=None if known else Safety.VERIFIED,
                )


def _edits(command: ShellCommand, word: ShellWord) -> tuple[Edit, ...]:
    verb = next(iter(command.operands("-t", "-o", "-c")), None)
    if verb is None or verb.text not in {*_SAME, *_OTHER}:
        return ()
    return (Edit(word.span, "apt-get"), *((Edit(verb.span, _OTHER[verb.text]),) if verb.text in _OTHER else ()))
