"""Finds environment files that are not there."""

import fnmatch
import posixpath
from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Context


@rule(
    id="compose-env-file-missing",
    severity=Severity.ERROR,
    summary="an `env_file` does not exist",
    why="Compose refuses to start any service: `env file ... not found`.",
    sources=("https://docs.docker.com/reference/compose-file/services/#env_file",),
    before="services:\n  web:\n    image: web:1\n    env_file: settings.env\n",
    after="services:\n  web:\n    image: web:1\n    env_file:\n      - path: settings.env\n        required: false\n",
    files=(("compose.yaml", ""),),
)
def compose_env_file_missing(compose: ComposeFile) -> Iterator[Found]:
    context = compose.context
    for service in compose.services if context else ():
        setting = service.get("env_file")
        for item in (setting.items or (setting,)) if setting else ():
            value = item.get("path") or item
            optional = (required := item.get("required")) is not None and required.text == "false"
            path = posixpath.normpath(value.text)
            if not value.text or optional or "$" in path or path.startswith(("/", "..", "~")) or not context or context.text(path) is not None:
                continue
            if _made_by_hand(path, context):
                continue
            yield Found(message=f"{service.name} reads {path}, which is not there", span=value.span, advice="make it, or write `path` and `required: false`")


def _made_by_hand(path: str, context: Context) -> bool:
    """Whether everybody is to make this file: git ignores it, or a sample of it lies there."""
    folder, _, name = path.rpartition("/")
    beside = {there for there in context.names(folder or ".") if there != name and (there.startswith(name) or name.lstrip(".") in there)}
    ignored = (context.text(".gitignore") or "").split()
    return bool(beside) or any(fnmatch.fnmatch(name, pattern.strip("/")) for pattern in ignored)
