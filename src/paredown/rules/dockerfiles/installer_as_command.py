"""Finds services started through their installer: `uv run`, `poetry run`, `pipenv run`, `pdm run`."""

from collections.abc import Iterator

from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.service import starts

_INSTALLERS = ("uv", "poetry", "pipenv", "pdm", "hatch", "rye")


@rule(
    id="installer-as-command",
    severity=Severity.WARNING,
    summary="the service is started by its installer",
    why="`uv run` makes the environment fit the lock file first: at each start it may download, build, or write where the service's user must not, and it "
    "brings the development dependencies back. The others stay in front of the service as a process more.",
    sources=("astral-sh/uv-docker-example#82", "astral-sh/uv#17617", "https://docs.astral.sh/uv/guides/integration/docker/#using-the-environment"),
    same_as=("12-factor V",),
    before='FROM python:3.13-slim\nWORKDIR /app\nCMD ["uv", "run", "uvicorn", "main:app"]\n',
    after='FROM python:3.13-slim\nWORKDIR /app\nENV PATH="/app/.venv/bin:$PATH"\nCMD ["uvicorn", "main:app"]\n',
)
def installer_as_command(recipe: Recipe) -> Iterator[Found]:
    for start in starts(recipe):
        texts = [word.text for word in start.command.words]
        place = next((index for index, text in enumerate(texts[:-1]) if text in _INSTALLERS and texts[index + 1] == "run"), None)
        if place is None:
            continue
        name = texts[place]
        environment = {name for name, value in start.environment.items() if value.lower() not in ("", "0", "false")}
        if name == "uv" and ("--no-sync" in texts or "--no-project" in texts or environment & {"UV_NO_SYNC", "UV_NO_PROJECT"}):
            continue
        what = "makes the environment fit the lock file at every start" if name == "uv" else "stays in front of the service"
        venv = recipe.final.state.path(".venv") if name == "uv" else "/opt/venv"
        yield Found(
            message=f"`{name} run` {what}",
            span=start.command.words[place].span,
            advice=f'put the environment first on the PATH (`ENV PATH="{venv}/bin:$PATH"`) and start `{" ".join(start.words[:2])}` itself',
        )
