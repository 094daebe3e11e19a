"""Finds options that the started server does not have."""

from collections.abc import Iterator

from paredown.commands.options import unknown_options
from paredown.rules.interface import Edit, Found, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.service import starts


@rule(
    id="server-option-unknown",
    severity=Severity.ERROR,
    summary="an option that the server does not have",
    why="The server ends at once with `No such option`, so the container never starts. Servers name the same wish differently: gunicorn's --max-requests is "
    "--limit-max-requests for uvicorn. Checked against what `--help` of several releases of each says.",
    sources=("https://www.uvicorn.org/settings/", "https://docs.gunicorn.org/en/stable/settings.html"),
    before='FROM python:3.13-slim\nCMD ["uvicorn", "main:app", "--max-requests", "10000"]\n',
    after='FROM python:3.13-slim\nCMD ["uvicorn", "main:app", "--limit-max-requests", "10000"]\n',
)
def server_option_unknown(recipe: Recipe) -> Iterator[Found]:
    for start in starts(recipe):
        for unknown in unknown_options(start.words):
            place = start.places[unknown.index]
            written = recipe.dockerfile.text[place.span.start : place.span.end] if place else ""
            # Of `-w` for `--workers`, and of a hint with more than the option's name, a person makes the command.
            replaced = written.replace(unknown.option, unknown.instead, 1) if unknown.instead.startswith("--") and " " not in unknown.instead else written
            instead = f"{unknown.server}'s own is `{unknown.instead}`" if unknown.instead else f"leave it out, or see `{unknown.server} --help`"
            yield Found(
                message=f"{unknown.server} has no option `{unknown.option}`" + (f": its own is `{unknown.instead}`" if unknown.instead else ""),
                span=start.place(unknown.index),
                edits=(Edit(place.span, replaced),) if place and replaced != written else (),
                advice=instead,
            )
