"""Finds images whose service runs as root."""

from collections.abc import Iterator

from paredown.rules.bases import base_of
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.purpose import is_for_development
from paredown.rules.recipe import Recipe
from paredown.rules.service_users import drops_root, how_to_add, service_user, starts_as_root


@rule(
    id="root-user",
    severity=Severity.WARNING,
    summary="the service runs as root",
    why="Whoever takes the service over is root in the container: may change its program and every mounted file, and is root on the host after one fault of "
    "the kernel or the engine. Kubernetes' restricted policy refuses such a pod.",
    sources=(
        "docker/docker-bench-security tests/4_container_images.sh",
        "https://github.com/hadolint/hadolint/wiki/DL3002",
        "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    ),
    same_as=("hadolint DL3002", "dockle CIS-DI-0001", "CIS 4.1", "OWASP 2", "NIST 4.1.2"),
    before='FROM python:3.13-slim\nCMD ["python", "main.py"]\n',
    after='FROM python:3.13-slim\nRUN useradd --create-home --uid 10001 app\nUSER 10001\nCMD ["python", "main.py"]\n',
)
def root_user(recipe: Recipe) -> Iterator[Found]:
    user = service_user(recipe)
    if user is None or is_for_development(recipe) or drops_root(recipe):
        return
    advice = f"add `{how_to_add(recipe)}`, and `USER 10001` before the command"
    if user.step is not None and user.name in ("root", "0"):
        yield Found(message=f"the service runs as root: USER {user.name} is the last one", span=user.step.instruction.span, advice=advice)
    elif user.step is None and starts_as_root(base_of(recipe.final)) and recipe.final.last("CMD", "ENTRYPOINT", "EXPOSE"):
        base = base_of(recipe.final)
        distroless = "distroless" in base.name
        yield Found(
            message=f"the service runs as root, as {recipe.final.image} does and no USER follows",
            span=recipe.final.instruction.span, advice=f"start from {base.name}:nonroot, or write `USER 65532`" if distroless else advice,
        )  # fmt: skip
