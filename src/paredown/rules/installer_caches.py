"""Where the installers of Python distributions keep what they download, and whether a RUN lets them."""

import posixpath

from paredown.dockerfile.actions import PythonInstall
from paredown.dockerfile.stages import State, Step
from paredown.rules.recipe import mounts

# By tool: the variable that names its cache, and where that is in the user's folder of caches.
_PLACES = {
    "pip": ("PIP_CACHE_DIR", "pip"), "uv": ("UV_CACHE_DIR", "uv"), "poetry": ("POETRY_CACHE_DIR", "pypoetry"), "pdm": ("PDM_CACHE_DIR", "pdm"),
    "pipenv": ("PIPENV_CACHE_DIR", "pipenv"),
}  # fmt: skip
_REFUSING = {"pip": (("--no-cache-dir",), "PIP_NO_CACHE_DIR"), "uv": (("--no-cache", "--no-cache-dir", "-n"), "UV_NO_CACHE")}


def tool_of(action: PythonInstall) -> str:
    """The program whose cache an install fills."""
    return action.tool.partition(" ")[0]


def cache_folder(state: State, tool: str) -> str | None:
    """The absolute path of a tool's cache; None when nobody knows, as for a user whose home is not known."""
    if tool not in _PLACES:
        return None
    variable, name = _PLACES[tool]
    if told := state.variables.get(variable):
        return state.path(told)
    root = state.user.partition(":")[0] in ("", "root", "0")
    home = state.environment.get("HOME") or ("/root" if root else "")
    caches = state.environment.get("XDG_CACHE_HOME") or (posixpath.join(home, ".cache") if home else "")
    return posixpath.join(caches, name) if caches else None


def mounted_cache(step: Step, tool: str) -> str | None:
    """The target of the cache mount that keeps a tool's cache; None when there is none."""
    folder = cache_folder(step.state, tool)
    name = _PLACES.get(tool, ("", tool))[1]
    for mount in mounts(step):
        covers = folder is not None and f"{folder}/".startswith(f"{mount.target.rstrip('/')}/")
        if mount.kind == "cache" and (covers or posixpath.basename(mount.target) == name):
            return mount.target
    return None


def refusing_flag(action: PythonInstall) -> str | None:
    """The flag by which an install leaves its cache alone."""
    flags, _ = _REFUSING.get(tool_of(action), ((), ""))
    return next((word.text for word in action.command.arguments if word.text in flags), None)


def refusing_variable(step: Step, action: PythonInstall) -> str | None:
    """The variable by which an install leaves its cache alone."""
    _, variable = _REFUSING.get(tool_of(action), ((), ""))
    value = {**step.state.variables, **dict(action.command.assignments)}.get(variable, "")
    return variable if value.lower() not in ("", "0", "false", "off", "no") else None
