"""Finds servers that are made for development, and servers told to reload their code."""

from collections.abc import Iterator

from paredown.dockerfile.syntax import Span
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.purpose import is_for_development
from paredown.rules.recipe import Recipe
from paredown.rules.service import Start, starts

_FLAGS = {
    "uvicorn": ("--reload", "--debug"), "gunicorn": ("--reload",), "hypercorn": ("--reload", "--debug"), "granian": ("--reload",),
    "flask": ("--debug", "--reload", "--debugger"), "fastapi": ("--reload",), "litestar": ("--reload", "--debug", "-d", "-r"),
    "sanic": ("--dev", "--debug", "--reload"),
}  # fmt: skip
_SETTINGS = {"FLASK_DEBUG": ("1", "true", "on"), "FLASK_ENV": ("development",), "DJANGO_DEBUG": ("1", "true", "on")}


@rule(
    id="development-server",
    severity=Severity.WARNING,
    summary="a server or a mode for development",
    why="Development servers handle few requests, and no load or attack was thought of; reloading watches all files for the whole life of the container; "
    "a debugger that answers over HTTP runs any code that it is sent.",
    sources=(
        "https://flask.palletsprojects.com/en/stable/deploying/",
        "https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver",
        "https://www.uvicorn.org/deployment/",
    ),
    same_as=("12-factor X",),
    before='FROM python:3.13-slim\nCMD ["flask", "run", "--host", "0.0.0.0"]\n',
    after='FROM python:3.13-slim\nCMD ["gunicorn", "--bind", "0.0.0.0:5000", "main:app"]\n',
)
def development_server(recipe: Recipe) -> Iterator[Found]:
    if is_for_development(recipe):
        return
    for start in starts(recipe):
        yield from _of(start)
    for step in recipe.final.all_steps():
        for pair in step.instruction.pairs if step.instruction.name == "ENV" else ():
            if (pair.value or "").lower() in _SETTINGS.get(pair.name, ()) and starts(recipe):
                yield Found(
                    message=f"{pair.name}={pair.value} turns the debugger on for everyone", span=pair.span, advice=f"leave {pair.name} out of the image"
                )


def _of(start: Start) -> Iterator[Found]:
    name, words = start.program, start.words
    if "runserver" in words and "manage.py" in " ".join(words):
        yield _found(start.span, "`manage.py runserver` is Django's server for development", "serve the project's wsgi or asgi module with gunicorn or uvicorn")
    elif name == "flask" and "run" in words:
        yield _found(start.span, "`flask run` is Flask's server for development", "serve the application with gunicorn or waitress")
    elif name == "fastapi" and "dev" in words:
        yield _found(start.place(words.index("dev")), "`fastapi dev` watches its files to reload them", "write `fastapi run`")
    elif name in ("watchmedo", "watchfiles", "nodemon"):
        yield _found(start.span, f"{name} watches files to start the service again", "start the service itself")
    else:
        for index, word in enumerate(words):
            if word in _FLAGS.get(name, ()) and not (name == "gunicorn" and word != "--reload"):
                yield _found(start.place(index), f"`{word}` of {name} is for development", f"leave `{word}` out")


def _found(span: Span, message: str, advice: str) -> Found:
    return Found(message=message, span=span, advice=advice)
