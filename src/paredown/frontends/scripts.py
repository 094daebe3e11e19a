"""Starts that are scripts: a console script, `python -m package`, a file with a `__main__` part, streamlit and its like."""

import re

from paredown.frontends.interface import Locked, Start
from paredown.frontends.pyproject import Manifest, normalised
from paredown.frontends.sources import Sources, imported
from paredown.origin import Origin, line_of
from paredown.toml_file import line_of_key

_SERVING = (
    "aiohttp", "tornado", "sanic", "bottle", "cherrypy", "http", "socketserver", "uvicorn", "hypercorn", "waitress", "flask", "quart", "fastapi",
    "grpc", "websockets", "twisted", "robyn", "nicegui", "dash", "panel",
)  # fmt: skip
_CONVENTIONAL = (
    "main.py",
    "app.py",
    "server.py",
    "run.py",
    "streamlit_app.py",
    "Home.py",
    "home.py",
    "web.py",
    "api.py",
    "__main__.py",
    "service.py",
    "bot.py",
)
_MAIN = re.compile(r"""^if\s+__name__\s*==\s*["']__main__["']""", re.MULTILINE)


def console_scripts(manifest: Manifest) -> tuple[Start, ...]:
    """The scripts that installing the project brings; the one of the project's name alone when there is one."""
    if not manifest.package or manifest.file is None:
        return ()
    scripts = manifest.scripts
    own = [item for item in scripts if normalised(item[0]) == normalised(manifest.name or "")]
    serving = [item for item in scripts if re.search(r"(?:^|[-_])(?:serve|server|web|api|httpd?)$", item[0])]
    chosen = own if own and not serving else serving if len(serving) == 1 else scripts
    found: list[Start] = []
    for name, target in chosen:
        line = line_of_key(manifest.text, ("project", "scripts", name)) or line_of_key(manifest.text, ("tool", "poetry", "scripts", name))
        line = line if manifest.file.endswith(".toml") else None
        reason = f"`{name}` is the project's console script"
        found.append(Start(words=(name,), origin=Origin(manifest.file, line), reason=reason, module=target.partition(":")[0]))
    return tuple(found)


def own_packages(sources: Sources) -> tuple[Start, ...]:
    """`python -m package` for each top-level package with a `__main__.py`."""
    found: list[Start] = []
    for path in sources.paths:
        if path.endswith("/__main__.py") and sources.module_name(path).count(".") == 1:
            package = sources.module_name(path).partition(".")[0]
            environment = (
                (("PYTHONPATH", f"/app/{sources.source_folder}"),)
                if not sources.installed and path.startswith("src/") and sources.source_folder == "src"
                else ()
            )
            origin = Origin(sources.shown(path))
            found.append(Start(words=("python", "-m", package), origin=origin, reason=f"{package} has a __main__.py", environment=environment, module=package))
    return tuple(found)


def main_files(sources: Sources) -> tuple[Start, ...]:
    """`python main.py` for a file of the app's top folder that serves when run; the conventional names alone when there are any."""
    found: list[tuple[str, Start]] = []
    for path in (path for path in sources.paths if "/" not in path):
        text = sources.text(path)
        main = _MAIN.search(text)
        tree = sources.tree(path) if main or path == "__main__.py" else None
        if tree is None:
            continue
        if any(name in _SERVING for name in imported(tree)) or path in _CONVENTIONAL:
            where = Origin(sources.shown(path), text.count("\n", 0, main.start()) + 1 if main else None)
            found.append(
                (path, Start(words=("python", path), origin=where, reason=f"{sources.shown(path)} runs when it is started", module=path.removesuffix(".py")))
            )
    usual = [start for path, start in found if path in _CONVENTIONAL]
    return tuple(usual or [start for _, start in found])


def pages(sources: Sources, locked: Locked, port: int) -> tuple[Start, ...]:
    """Streamlit, Chainlit and Gradio files: each names its own way to be started."""
    number = f"${{PORT:-{port}}}"
    found: list[tuple[str, Start]] = []
    for tool in ("streamlit", "chainlit", "gradio"):
        if not locked.has(tool):
            continue
        for path in sources.paths:
            text = sources.text(path)
            tree = sources.tree(path) if "/" not in path and tool in text else None
            if tree is None or tool not in imported(tree):
                continue
            where = Origin(sources.shown(path), line_of(text, tool))
            reason = f"{sources.shown(path)} is a {tool.capitalize()} page"
            match tool:
                case "streamlit":
                    words: tuple[str, ...] = ("streamlit", "run", path, "--server.address", "0.0.0.0", "--server.port", number, "--server.headless", "true")  # noqa: S104
                    environment: tuple[tuple[str, str], ...] = ()
                case "chainlit":
                    words, environment = ("chainlit", "run", path, "--host", "0.0.0.0", "--port", number, "--headless"), ()  # noqa: S104
                case _:
                    words, environment = ("python", path), (("GRADIO_SERVER_NAME", "0.0.0.0"), ("GRADIO_SERVER_PORT", str(port)))  # noqa: S104
            found.append((path, Start(words=words, origin=where, reason=reason, environment=environment, module=path.removesuffix(".py"))))
    usual = [start for path, start in found if path in _CONVENTIONAL]
    return tuple(usual or [start for _, start in found])
