"""Who the service runs as: the user of the last stage, and what the Dockerfile tells of the account."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from paredown.dockerfile.actions import UserAdded, action_of
from paredown.dockerfile.stages import Step
from paredown.rules.bases import Base, base_of
from paredown.rules.copied import text_in_image
from paredown.rules.recipe import Recipe

# Images that run as root when nothing else is said.
_ROOTS = frozenset({
    "python", "pypy",
    "debian", "ubuntu", "alpine", "fedora", "almalinux", "rockylinux", "amazonlinux", "oraclelinux", "buildpack-deps", "node", "golang", "rust",
    "ruby", "openjdk", "eclipse-temurin", "ghcr.io/astral-sh/uv", "nvidia/cuda", "nvcr.io/nvidia/cuda", "pytorch/pytorch", "tensorflow/tensorflow",
    "continuumio/miniconda3", "continuumio/anaconda3", "condaforge/miniforge3", "condaforge/mambaforge", "tiangolo/uvicorn-gunicorn-fastapi",
    "tiangolo/uvicorn-gunicorn", "tiangolo/meinheld-gunicorn-flask", "tiangolo/uwsgi-nginx-flask", "scratch", "mcr.microsoft.com/playwright/python",
})  # fmt: skip
_DROPPING = re.compile(r"\b(?:gosu|su-exec|setpriv|runuser|chpst|suexec|supervisord?|s6-setuidgid|capsh)\b|\bsu\s+-|--uid\b|--user\b")


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """The user of the last stage as written, its group less, `step` the USER that says so; `name` is empty when it is the base's."""

    name: str
    step: Step | None


def service_user(recipe: Recipe) -> ServiceUser | None:
    """Who the last stage's command runs as; None when a variable decides it that nothing here sets."""
    step = recipe.final.last("USER")
    if step is None or not step.instruction.words:
        return ServiceUser("", None)
    name = step.state.expand(step.instruction.words[0].text).partition(":")[0].strip()
    return ServiceUser(name, step) if name else None


def starts_as_root(base: Base) -> bool:
    """Whether an image is known to run as root."""
    distroless = base.name.startswith("gcr.io/distroless/") and "nonroot" not in base.tag
    return base.name in _ROOTS or distroless


def drops_root(recipe: Recipe) -> bool:
    """Whether something in the image seems made to change the user at the start."""
    steps = [step.instruction for step in recipe.final.all_steps()]
    if any(_DROPPING.search(one.arguments.text) for one in steps if one.name in ("RUN", "CMD", "ENTRYPOINT")):
        return True
    for step in reversed(tuple(recipe.final.all_steps())):
        if step.instruction.name == "ENTRYPOINT":
            script = next((word.text for word in step.instruction.words if re.search(r"entry-?point|\.sh\b|init", word.text)), None)
            text = text_in_image(recipe, recipe.final.state.path(script)) if script else ""
            return text is None or _DROPPING.search(text) is not None
    return False


def accounts(recipe: Recipe) -> Mapping[str, int | None]:
    """The accounts that the last stage's RUNs add for certain, with their numbers where they say them."""
    found: dict[str, int | None] = {}
    for _, script in recipe.runs(*recipe.final.chain):
        for place, command in enumerate(script.commands):
            action = action_of(command)
            following = script.commands[place + 1 : place + 2]
            if isinstance(action, UserAdded) and not action.is_group and action.name:
                certain = not command.nested and command.joined != "||" and not (following and following[0].joined == "||")
                found[action.name] = action.number if certain and action.name not in found else None
    return found


def how_to_add(recipe: Recipe) -> str:
    """The line that adds an account in this image."""
    return "RUN adduser -D -u 10001 app" if base_of(recipe.final).system == "alpine" else "RUN useradd --create-home --uid 10001 app"
