"""Which installs build the project itself, not only what it depends on."""

import re

from paredown.dockerfile.actions import PythonInstall


def builds_project(action: PythonInstall) -> bool:
    """Whether an install builds the project in the working directory."""
    if action.tool == "uv sync":
        return not action.command.has("--no-install-project", "--no-install-workspace", "--only-group", "--only-dev")
    return action.tool in ("pip", "uv pip") and any(re.fullmatch(r"\.(?:\[.*\])?/?", word.text) for word in (*action.packages, *action.editable))
