"""Finds stages that are built for one platform, whatever the build asks for."""

from collections.abc import Iterator

from paredown.dockerfile.syntax import Span
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe

_PARTS = frozenset({"amd64", "x86", "arm64", "aarch64", "arm", "386", "ppc64le", "s390x", "riscv64", "linux", "windows"})


@rule(
    id="base-platform-fixed",
    severity=Severity.WARNING,
    summary="FROM has a constant --platform, so the image is built for that platform only",
    why="`docker build --platform` has no say any more: on a machine of another architecture the service runs in an emulator, many times slower.",
    sources=("https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/", "https://github.com/hadolint/hadolint/wiki/DL3029"),
    same_as=("buildkit FromPlatformFlagConstDisallowed", "hadolint DL3029"),
    safety=Safety.OPT_IN,
    before='FROM --platform=linux/amd64 python:3.13-slim\nCMD ["python", "-m", "shop"]\n',
    after='FROM python:3.13-slim\nCMD ["python", "-m", "shop"]\n',
)
def base_platform_fixed(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        flag = next((flag for flag in stage.instruction.flags if flag.name == "platform"), None)
        if flag is None or "$" in flag.value:
            continue
        if any(part in stage.name.lower() for part in flag.value.lower().split("/") if part in _PARTS):
            continue  # one of several stages, each for its platform
        rest = recipe.dockerfile.text[flag.span.end :]
        space = len(rest) - len(rest.lstrip(" \t"))
        edit = Edit(Span(flag.span.start, flag.span.end + space), "")
        yield Found(message=f"this stage is built for {flag.value} only, whatever platform is asked for", span=flag.span, edits=(edit,))
