"""Finds servers for which the signal that stops the container means something else: reload, or stop without finishing."""

import re
from collections.abc import Iterator

from paredown.rules.copied import text_in_image
from paredown.rules.interface import Edit, Found, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.service import Start, more_words, starts

_ABRUPT = {"gunicorn": ("INT", "QUIT", "2", "3"), "celery": ("QUIT", "3")}
_SETTINGS = re.compile(r"--?(?:ini|yaml|yml|xml|json)(?:-paste)?(?:=(\S+))?")


@rule(
    id="stop-signal-misread",
    severity=Severity.WARNING,
    summary="the server does not take the stop signal for a wish to finish",
    why="uWSGI reloads on SIGTERM unless it has die-on-term, so every stop ends by SIGKILL after the grace period; gunicorn finishes its requests on "
    "SIGTERM and drops them on SIGINT and SIGQUIT.",
    sources=(
        "https://uwsgi-docs.readthedocs.io/en/latest/ThingsToKnow.html",
        "https://docs.gunicorn.org/en/stable/signals.html",
        "https://docs.celeryq.dev/en/stable/userguide/workers.html#stopping-the-worker",
    ),
    same_as=("12-factor IX",),
    before='FROM python:3.13-slim\nCMD ["uwsgi", "--http", ":8000", "--module", "app:app"]\n',
    after='FROM python:3.13-slim\nCMD ["uwsgi", "--die-on-term", "--http", ":8000", "--module", "app:app"]\n',
)
def stop_signal_misread(recipe: Recipe) -> Iterator[Found]:
    step = recipe.final.last("STOPSIGNAL")
    word = step.instruction.words[0] if step and step.instruction.words else None
    signal = word.text.upper().removeprefix("SIG") if word else "TERM"
    for start in starts(recipe):
        if start.program == "uwsgi" and signal in ("TERM", "15") and not _ends_on_term(recipe, start):
            edits = more_words(recipe, start, 0, "--die-on-term")
            yield Found(message="uWSGI reloads on SIGTERM and so does not stop", span=start.place(0), edits=edits, advice="add `--die-on-term`")
        elif word is not None and signal in _ABRUPT.get(start.program, ()):
            message = (
                f"{start.program} drops what it is doing on SIG{signal}" if signal.isalpha() else f"{start.program} drops what it is doing on signal {signal}"
            )
            yield Found(message=message, span=word.span, edits=(Edit(word.span, "SIGTERM"),))


def _ends_on_term(recipe: Recipe, start: Start) -> bool:
    """Whether it is told to, or a file of settings that cannot be read may do so."""
    if any("die-on-term" in one or "hook" in one for one in start.words) or any(name.startswith("UWSGI_") for name in start.environment):
        return True
    files = [one for one in start.words[1:] if one.endswith((".ini", ".yaml", ".yml", ".xml", ".json"))]
    if not files:
        return any(_SETTINGS.match(one) for one in start.words[1:])
    texts = [text_in_image(recipe, recipe.final.state.path(_SETTINGS.sub(r"\1", file) if file.startswith("-") else file)) for file in files]
    return any(text is None or "die-on-term" in text or "hook-" in text for text in texts)
