from dataclasses import replace

import pytest

from builders import NOWHERE, plan_of
from paredown.dockerfile.parse import parse
from paredown.dockerfile.shell import script_of
from paredown.dockerfile.stages import Stage, stages
from paredown.emitters.dockerfile import dockerfile
from paredown.emitters.interface import Context, Dialect, Style
from paredown.errors import UserError
from paredown.finding import Severity
from paredown.plan import (
    Command,
    CopyFiles,
    DebianBase,
    HealthCheck,
    InstallDependencies,
    InstallProject,
    InstallSystem,
    Kept,
    LockKind,
    Plan,
    Where,
)
from paredown.rules.examine import examine
from paredown.rules.recipe import TextContext

CONTEXT = Context(uv="0.9.17")
COPY = CopyFiles(source=".", destination="/app", origin=NOWHERE)


def installs(kind: LockKind, *files: str, **more: object) -> InstallDependencies:
    return InstallDependencies(kind=kind, files=files or (str(kind),), origin=NOWHERE, **more)  # type: ignore[arg-type]


def text_of(plan: Plan, style: Style = Style.SLIM, context: Context = CONTEXT, port: str = "8000") -> str:
    return dockerfile(plan, port, context, style)


def stages_of(text: str) -> tuple[Stage, ...]:
    return stages(parse(text))


def said(stage: Stage, name: str) -> list[str]:
    """The arguments of all instructions `name` of a stage."""
    return [step.instruction.arguments.text for step in stage.steps if step.instruction.name == name]


UV = plan_of(steps=(installs(LockKind.UV_LOCK, "uv.lock", "pyproject.toml"), COPY), ports=(8000,), health=HealthCheck(path="/up", origin=NOWHERE))


def test_only_what_was_made_goes_from_the_builder_into_the_image() -> None:
    build, image = stages_of(text_of(UV))
    assert said(image, "COPY") == ["/opt/venv /opt/venv", "/app /app"]
    assert {step.instruction.flag("from") for step in image.steps if step.instruction.name == "COPY"} == {"build"}
    assert build.base == image.base == "python:3.13-slim"
    assert not any("uv" in command.program for step in image.steps if step.instruction.name == "RUN" for command in script_of(step.instruction).commands)


def test_distributions_are_installed_before_any_code_is_there() -> None:
    build, _ = stages_of(text_of(UV))
    names = [step.instruction.name for step in build.steps]
    install = next(place for place, step in enumerate(build.steps) if "uv sync" in step.instruction.arguments.text)
    assert said(build, "COPY")[-1] == ". ."
    assert install < len(names) - 1 - names[::-1].index("COPY")


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (installs(LockKind.UV_LOCK, "uv.lock", extras=("ocr",)), "uv sync --locked --no-default-groups --no-install-project --extra ocr"),
        (installs(LockKind.PYLOCK, "pylock.toml"), "uv venv /opt/venv && uv pip sync --preview-features pylock pylock.toml"),
        (installs(LockKind.REQUIREMENTS, "requirements.txt"), "uv venv /opt/venv && uv pip install --requirement requirements.txt"),
        (installs(LockKind.POETRY_LOCK, "poetry.lock", groups=("web",)), "uvx --with poetry-plugin-export poetry export --only main --with web"),
        (installs(LockKind.PDM_LOCK, "pdm.lock"), "uvx --from 'pdm[locked]' pdm export --prod --output /tmp/requirements.txt"),
        (installs(LockKind.PIPFILE_LOCK, "Pipfile.lock"), "uvx pipenv requirements --hash > /tmp/requirements.txt"),
        (installs(LockKind.PYPROJECT, "pyproject.toml"), "uv venv /opt/venv && uv pip install --requirement pyproject.toml"),
    ],
    ids=lambda value: str(value.kind) if isinstance(value, InstallDependencies) else "",
)  # fmt: skip
def test_each_lock_is_installed_by_a_tool_that_reads_it(step: InstallDependencies, expected: str) -> None:
    build, _ = stages_of(text_of(plan_of(steps=(step, COPY))))
    assert any(expected in " ".join(line.split()) for line in said(build, "RUN"))


def test_every_included_requirements_file_is_bound() -> None:
    context = Context(uv="0.9.17", requirements=("requirements.txt", "base.txt"), hashed=True)
    text = text_of(plan_of(steps=(installs(LockKind.REQUIREMENTS, "requirements.txt"), COPY)), context=context)
    assert "--mount=type=bind,source=base.txt,target=/app/base.txt" in text
    assert "uv pip install --require-hashes" in text


def test_a_project_is_installed_as_a_wheel_and_not_copied() -> None:
    plan = plan_of(steps=(installs(LockKind.UV_LOCK, "uv.lock", "pyproject.toml"), InstallProject(name="shop", folder=".", origin=NOWHERE)))
    build, image = stages_of(text_of(plan))
    assert said(build, "RUN")[-1].split(" && ")[0].split() == ["uv", "sync", "--locked", "--no-default-groups", "--no-editable"]
    assert said(image, "COPY") == ["/opt/venv /opt/venv"]


def test_packages_to_build_with_stay_in_the_builder() -> None:
    system = InstallSystem(packages=("libpq5",), build_packages=("gcc", "libpq-dev"), origin=NOWHERE)
    build, image = stages_of(text_of(plan_of(steps=(system, installs(LockKind.REQUIREMENTS, "requirements.txt"), COPY))))
    assert "install --yes --no-install-recommends gcc libpq-dev libc6-dev" in " ".join(said(build, "RUN"))
    assert "install --yes --no-install-recommends libpq5" in " ".join(said(image, "RUN"))
    assert "gcc" not in " ".join(said(image, "RUN"))


def test_labels_of_the_settings_are_there_and_root_stays_root_where_that_is_asked_for() -> None:
    _, image = stages_of(text_of(plan_of(steps=(COPY,), user=0, labels=(("a.b", 'x "y" $z'),), writable=("data",))))
    label = image.last("LABEL")
    assert label is not None
    assert [(pair.name, pair.value) for pair in label.instruction.pairs] == [("a.b", 'x "y" \\$z')]
    assert not said(image, "USER")
    assert "install -d -o 0 -g 0 -m 0775 /app/data" in said(image, "RUN")[-1]


def test_no_installer_stays_in_the_image() -> None:
    _, image = stages_of(text_of(UV))
    assert any(line.startswith("python -m pip uninstall --yes") for line in said(image, "RUN"))


def test_the_image_runs_as_a_number_that_owns_no_code() -> None:
    _, image = stages_of(text_of(plan_of(steps=(COPY,), writable=("/data",), volumes=("/data",))))
    assert said(image, "USER") == ["10001:0"]
    assert "install -d -o 10001 -g 0 -m 0775 /home/app /data" in " ".join(said(image, "RUN"))
    assert said(image, "VOLUME") == ['["/data"]']
    assert not any(step.instruction.flag("chown") for step in image.steps)


def test_the_command_is_started_without_a_shell_unless_it_has_variables() -> None:
    plain = plan_of(command=Command(words=("gunicorn", "app:create_app()"), origin=NOWHERE))
    assert said(stages_of(text_of(plain))[-1], "CMD") == ['["gunicorn", "app:create_app()"]']
    variable = plan_of(command=Command(words=("uvicorn", "a b:app", "--port", "${PORT:-80}"), origin=NOWHERE))
    assert said(stages_of(text_of(variable))[-1], "CMD") == ["""["sh", "-c", "exec uvicorn 'a b:app' --port \\"${PORT:-80}\\""]"""]


@pytest.mark.parametrize(
    ("port", "expected"), [("8000", "8000,"), ("${PORT:-80}", "int(os.environ.get('PORT', '80')),"), ("$PORT", "int(os.environ['PORT']),")]
)
def test_the_health_check_asks_the_port_that_counts_without_a_program_of_the_system(port: str, expected: str) -> None:
    image = stages_of(text_of(UV, port=port))[-1]
    check = image.last("HEALTHCHECK")
    assert check is not None
    assert check.instruction.inner is not None
    words = [word.text for word in check.instruction.inner.words]
    assert words[:2] == ["python", "-c"]
    assert f"'127.0.0.1', {expected}" in words[2]
    compile(words[2], "health", "exec")


def test_links_are_only_asked_for_where_the_engine_knows_them() -> None:
    assert "COPY --link --from=build" in dockerfile(UV, "8000", CONTEXT, dialect=Dialect(link=True))
    assert "--link" not in dockerfile(UV, "8000", CONTEXT, dialect=Dialect(link=False))


def test_what_nobody_understands_stays_byte_for_byte_at_its_place() -> None:
    odd = "# why it is odd\nRUN  ./odd.sh   --twice \\\n   # between\n   && true"
    kept = (
        Kept(text="FROM node:22 AS web\nRUN npm ci", where=Where.STAGE, origin=NOWHERE),
        Kept(text="ARG A=1", where=Where.BEFORE_APP, origin=NOWHERE),
        Kept(text=odd, where=Where.AFTER_APP, origin=NOWHERE),
    )
    text = text_of(plan_of(steps=(COPY,), kept=kept))
    assert text.startswith("FROM node:22 AS web\nRUN npm ci\n")
    assert text.index("ARG A=1") < text.index("COPY --link --from=build /app /app") < text.index(odd) < text.index("USER")


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("python:3.13", "python:3.13-slim"),
        ("python:3.12.4-slim-bookworm", "python:3.12.4-slim-bookworm"),
        ("python:3.13-bookworm", "python:3.13-slim-bookworm"),
        ("ghcr.io/astral-sh/uv:python3.13-bookworm", "python:3.13-slim-bookworm"),
        ("registry.example/library/python:3.12@sha256:1", "registry.example/library/python:3.12-slim"),
        ("ubuntu:24.04", "python:3.13-slim"),
    ],
)  # fmt: skip
def test_the_base_is_the_slim_one_nearest_to_the_users(image: str, expected: str) -> None:
    base = DebianBase(suite="trixie", python="3.13", image=image, origin=NOWHERE)
    assert stages_of(text_of(plan_of(base=base, steps=(COPY,))))[-1].base == expected


def test_distroless_takes_debians_python_and_names_what_it_cannot_have() -> None:
    build, image = stages_of(text_of(UV, Style.DISTROLESS))
    assert (build.base, image.base) == ("debian:trixie-slim", "gcr.io/distroless/python3-debian13:nonroot")
    assert said(image, "ENTRYPOINT") == ["[]"]
    assert not said(image, "RUN")
    assert said(image, "COPY")[0] == "/made /"
    with pytest.raises(UserError, match=r"no distroless image with Python 3\.12"):
        text_of(plan_of(base=DebianBase(suite="trixie", python="3.12", origin=NOWHERE)), Style.DISTROLESS)
    with pytest.raises(UserError, match="no package manager for libpq5"):
        text_of(plan_of(steps=(InstallSystem(packages=("libpq5",), origin=NOWHERE),)), Style.DISTROLESS)


def test_distroless_gets_account_and_folders_of_which_what_lies_above_stays_roots() -> None:
    build, image = stages_of(text_of(plan_of(steps=(COPY,), writable=("data", "/tmp/up", "/tmp")), Style.DISTROLESS))
    made = " ".join(said(build, "RUN")[-1].split())
    assert "useradd --uid 10001" in made
    assert "&& install -d -m 1777 /made/tmp && install -d -o 10001 -g 0 -m 0775 /made/home/app /made/app/data /made/tmp/up &&" in made
    assert "cp /etc/passwd /made/etc/" in made
    assert not any(step.instruction.flag("chown") for step in image.steps)


def test_distroless_is_roots_only_where_that_is_said() -> None:
    build, image = stages_of(text_of(plan_of(steps=(COPY,), user=0), Style.DISTROLESS))
    assert said(image, "USER") == ["0:0"]
    assert said(image, "COPY") == ["/app /app"]
    assert "useradd" not in " ".join(said(build, "RUN"))
    assert "/home/app" not in image.last("ENV").instruction.arguments.text  # type: ignore[union-attr]


def test_distroless_installs_into_the_environment_and_compiles_with_pythons_headers() -> None:
    system = InstallSystem(build_packages=("gcc",), origin=NOWHERE)
    text = text_of(plan_of(steps=(system, installs(LockKind.REQUIREMENTS), COPY)), Style.DISTROLESS)
    assert "UV_PYTHON=" not in text  # which uv pip takes for where to install to
    assert "--no-install-recommends python3 python3-dev gcc libc6-dev" in text
    assert "python3-dev" not in text_of(UV, Style.DISTROLESS)


@pytest.mark.parametrize("where", list(Where))
def test_distroless_refuses_what_only_a_shell_can_run(where: Where) -> None:
    plan = plan_of(steps=(COPY,), kept=(Kept(text="# odd\nRUN ./odd.sh", where=where, origin=NOWHERE),))
    if where is Where.STAGE:
        assert "RUN ./odd.sh" in text_of(plan, Style.DISTROLESS)
        return
    with pytest.raises(UserError, match=r"has no shell for `RUN \./odd\.sh`"):
        text_of(plan, Style.DISTROLESS)


def test_distroless_refuses_a_service_that_asks_for_a_shell() -> None:
    with pytest.raises(UserError, match="a distroless image has none"):
        text_of(plan_of(steps=(COPY,), shell=True), Style.DISTROLESS)


def test_a_folder_that_is_everybodys_stays_so() -> None:
    image = stages_of(text_of(plan_of(steps=(COPY,), user=0, writable=("/tmp", "/var/tmp"))))[-1]
    assert not any("install -d" in line for line in said(image, "RUN"))


@pytest.mark.parametrize("style", list(Style))
def test_the_rules_find_nothing_that_matters_in_it(style: Style) -> None:
    context = TextContext({".dockerignore": ".git\n", "uv.lock": "", "pyproject.toml": "", "main.py": ""})
    plan = replace(UV, command=Command(words=("uvicorn", "main:app", "--host", "0.0.0.0"), origin=NOWHERE))
    found = examine(text_of(plan, style), "Dockerfile", context)
    assert [finding for finding in found if finding.severity is not Severity.INFO] == []


@pytest.mark.parametrize("step", [COPY, InstallProject(name="shop", folder=".", origin=NOWHERE)])
def test_nothing_is_left_that_everybody_may_write_or_that_gives_rights(step: CopyFiles | InstallProject) -> None:
    build, image = stages_of(text_of(plan_of(steps=(installs(LockKind.UV_LOCK, "uv.lock", "pyproject.toml"), step))))
    assert "rm -f /opt/venv/.lock" in said(build, "RUN")[-1]
    assert "find / -xdev -type f -perm /6000 -exec chmod a-s {} +" in said(image, "RUN")[-1]


def builder(*steps: InstallDependencies | InstallProject | CopyFiles, **context: object) -> list[str]:
    """What RUNs of the builder do, mounts and what the last one removes left out; `COPY . .` is `code`."""
    text = text_of(plan_of(steps=steps), context=replace(CONTEXT, **context))  # type: ignore[arg-type]
    found = []
    for step in stages_of(text)[0].steps:
        if step.instruction.name in ("RUN", "COPY") and "uv:" not in (step.instruction.flag("from") or ""):
            words = " ".join(step.instruction.arguments.text.split())
            found.append("code" if step.instruction.name == "COPY" else words.removesuffix(" && rm -f /opt/venv/.lock"))
    return found


THING = InstallProject(name="a-thing", folder=".", origin=NOWHERE)


def test_what_only_the_code_tells_is_installed_once_it_is_there() -> None:
    assert builder(installs(LockKind.SETUP_PY), THING) == ["code", "uv venv /opt/venv && uv pip install ."]
    assert builder(installs(LockKind.PYPROJECT, groups=("web",)), THING, local=True) == ["code", "uv venv /opt/venv && uv pip install --group web ."]
    assert builder(THING) == ["code", "uv venv /opt/venv && uv pip install ."]


def test_folders_of_the_project_that_a_lock_names_are_installed_once_they_are_there() -> None:
    requirements = installs(LockKind.REQUIREMENTS)
    assert builder(requirements, COPY, local=True)[:2] == ["code", "uv venv /opt/venv && uv pip install --requirement requirements.txt"]
    frozen, code, synced, _ = builder(installs(LockKind.UV_LOCK, package="web"), COPY, local=True)
    assert (frozen, code) == ("uv sync --frozen --no-default-groups --no-install-local --package web", "code")
    assert synced == "uv sync --locked --no-default-groups --no-editable --package web"


def test_a_version_that_git_would_tell_is_an_argument_as_late_as_can_be() -> None:
    plan = plan_of(steps=(installs(LockKind.PYPROJECT), THING))
    text = text_of(plan, context=replace(CONTEXT, version_variable="SETUPTOOLS_SCM_PRETEND_VERSION_FOR_A_THING"))
    assert text.index("--requirement pyproject.toml") < text.index("ARG VERSION=0") < text.index('SETUPTOOLS_SCM_PRETEND_VERSION_FOR_A_THING="$VERSION" uv pip')


def test_several_requirements_files_are_installed_together() -> None:
    assert builder(installs(LockKind.REQUIREMENTS, "a.txt", "b/c.txt"))[0].endswith("uv pip install --requirement a.txt --requirement b/c.txt")


def test_a_lock_that_the_build_does_not_get_is_refused() -> None:
    with pytest.raises(UserError, match=r"\.\./uv\.lock lies outside") as caught:
        builder(installs(LockKind.UV_LOCK, "../uv.lock", package="web"))
    assert 'package = "web"' in str(caught.value.fix)


@pytest.mark.parametrize(("version", "named"), [("3.11", "pip setuptools wheel"), ("3.12.4", "pip"), ("3.13", "pip")])
def test_installers_are_removed_that_the_base_has(version: str, named: str) -> None:
    base = DebianBase(suite="trixie", python="3.13", image=f"python:{version}", origin=NOWHERE)
    assert said(stages_of(text_of(plan_of(base=base, steps=(COPY,))))[-1], "RUN")[0].endswith(f"=ignore {named}")
