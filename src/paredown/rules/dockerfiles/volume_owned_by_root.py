"""Finds volumes that belong to root while the service runs as somebody else."""

import posixpath
from collections.abc import Iterator

from paredown.dockerfile.actions import Action, FoldersMade, ModeChange, Other, OwnerChange, UserAdded, action_of
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.reach import lies_in
from paredown.rules.recipe import Recipe
from paredown.rules.service_users import accounts, service_user


@rule(
    id="volume-owned-by-root",
    severity=Severity.WARNING,
    summary="a volume that the service's user cannot write",
    why="A new volume takes its owner from the image's folder, which is root's when nobody changed it: the first write ends with `Permission denied`.",
    sources=("https://docs.docker.com/reference/dockerfile/#volume", "moby/moby#2259"),
    before="FROM python:3.13-slim\nRUN useradd --uid 10001 app && mkdir /data\nVOLUME /data\nUSER 10001\n",
    after="FROM python:3.13-slim\nRUN useradd --uid 10001 app && mkdir /data && chown app /data\nVOLUME /data\nUSER 10001\n",
)
def volume_owned_by_root(recipe: Recipe) -> Iterator[Found]:
    user = service_user(recipe)
    if user is None or user.step is None or user.name in ("root", "0"):
        return
    given = _given(recipe)
    # An account that no RUN adds comes from a package or the base, as may the folders that are its own.
    if given is None or not (user.name.isdigit() or user.name in accounts(recipe)):
        return
    for step in recipe.final.all_steps():
        for word in step.instruction.words if step.instruction.name == "VOLUME" else ():
            path = step.state.path(word.text)
            if "$" not in path and not any(lies_in(path, one) or lies_in(one, path) for one in given):
                yield Found(
                    message=f"{path} belongs to root, and the service runs as {user.name}",
                    span=word.span, advice=f"write `RUN mkdir -p {path} && chown {user.name} {path}` above VOLUME",
                )  # fmt: skip


def _given(recipe: Recipe) -> list[str] | None:
    """The folders that are made by or given to somebody else than root; None where a script may do so that is not understood."""
    found = ["/tmp", "/var/tmp", "/dev/shm", "/run/lock"]  # noqa: S108 (everybody may write there)
    for step in recipe.final.all_steps():
        instruction = step.instruction
        other = step.state.user.partition(":")[0] not in ("", "root", "0")
        if instruction.name in ("COPY", "ADD") and instruction.words and (instruction.flag("chown") or instruction.flag("from") or instruction.flag("chmod")):
            found.append(step.state.path(instruction.words[-1].text))
        elif instruction.name == "WORKDIR" and other and instruction.words:
            found.append(step.state.path(instruction.words[0].text))
        if instruction.name != "RUN":
            continue
        script = recipe.script(step)
        if not script.understood:
            return None
        for command in script.commands:
            action = action_of(command)
            if isinstance(action, UserAdded):
                found += [f"/home/{action.name}", *(word.text for word in action.command.arguments if word.text.startswith("/"))]
            elif isinstance(action, OwnerChange | ModeChange) or (isinstance(action, FoldersMade) and (other or command.has("-o", "--owner"))):
                found += [step.state.path(word.text) for word in action.paths]
            elif (isinstance(action, FoldersMade) and any(not word.plain for word in action.paths)) or (
                isinstance(action, Other) and (posixpath.splitext(command.program)[1] or command.program in ("cd", "pushd", "setfacl", "eval"))
            ):
                return None
    return found


def _may_do_anything(action: Action) -> bool:
    return isinstance(action, Other) and (posixpath.splitext(action.command.program)[1] != "" or action.command.program in ("cd", "pushd", "setfacl", "eval"))
