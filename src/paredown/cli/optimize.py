"""`paredown optimize`: the better Dockerfile of a project, built, proven and measured."""

import difflib
import sys
from pathlib import Path

import click

from paredown.cli import options
from paredown.errors import ANSWER_IS_NO, UserError, WorldError


@click.command()
@click.argument("dockerfile", type=click.Path(path_type=Path), required=False)
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[-- OPTIONS]")
@click.option("--style", type=click.Choice(["slim", "alpine", "distroless"]), default="slim", show_default=True, help="What the image starts from.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Write the Dockerfile here, and .dockerignore beside it. Default: to the terminal.")
@click.option("--in-place", "-i", is_flag=True, help="Write over the Dockerfile and .dockerignore, once the new image is proven.")
@click.option("--diff", is_flag=True, help="Only show what would change.")
@click.option("--engine", type=click.Choice(["docker", "podman", "buildah"]), help="What builds. Default: the first that answers.")
@click.option("--no-build", is_flag=True, help="Build, prove and measure nothing.")
@options.runner
@click.option("--report", "reports", multiple=True, type=click.Path(path_type=Path), help="Write the comparison, measured, to a .html, .md or .json file.")
@click.option("--compose", type=click.Path(path_type=Path), help="Write a compose file with the restrictions that were seen to work.")
@click.option("--kubernetes", type=click.Path(path_type=Path), help="Write a Kubernetes manifest with them.")
@options.allow_unproven
@click.option("--verbose", "-v", is_flag=True, help="Name every route, mask, intended difference and skipped check.")
@options.quiet
def optimize(
    dockerfile: Path | None,
    options: tuple[str, ...],
    style: str,
    output: Path | None,
    in_place: bool,
    diff: bool,
    engine: str | None,
    no_build: bool,
    runner: str | None,
    reports: tuple[Path, ...],
    compose: Path | None,
    kubernetes: Path | None,
    allow_unproven: bool,
    verbose: bool,
    quiet: bool,
) -> None:
    """Write a better Dockerfile, build both with an engine, and prove that the new image behaves as the old one did.

    DOCKERFILE is a file or the folder of a project; default: this folder. OPTIONS behind `--` go to the engine's build, for instance
    `. -- --cache-from type=registry,ref=...`. A project without a Dockerfile gets one. Exit 0: equivalent, 1: different or unproven.
    """
    from paredown import optimising
    from paredown.backends import find_backend
    from paredown.cli import surroundings
    from paredown.cli.progress_bars import progress_bars
    from paredown.emitters.interface import Style
    from paredown.frontends.interface import Overrides
    from paredown.reports import comparison
    from paredown.reports.verdict import verdict_report

    for path in reports:
        comparison.check(path)
    project, name = _place(dockerfile)
    name = name or optimising.found(project)
    target = project / (name or optimising.NAMES[0]) if in_place else output
    if target is not None and not diff:
        _refuse_unwritable(target)
    backend = None
    with progress_bars(quiet=quiet) as progress:
        means = surroundings.means(progress, mirror=None, locked=False)
        try:
            backend = None if no_build or diff else find_backend(means.environment, engine)
        except WorldError as error:
            if engine or reports or compose or kubernetes:
                raise
            sys.stderr.write(f"note: nothing is built or proven: {error.what}\n")
        request = optimising.Request(
            project=project, dockerfile=name, style=Style(style), link=backend is None or backend.link, overrides=Overrides()
        )  # fmt: skip
        made = optimising.optimised(request, means)
    written = name or optimising.NAMES[0]
    if diff:
        lines = difflib.unified_diff((made.before or "").splitlines(True), made.text.splitlines(True), name or "/dev/null", written)
        sys.stdout.write("".join(lines))
        return
    if not in_place:
        _write(made.text, made.ignored, output)
    for note in () if quiet else made.plan.notes:
        sys.stderr.write(f"note: {note}\n")
    if backend is None:
        if in_place:
            _write(made.text, made.ignored, project / written)
        return
    with progress_bars(quiet=quiet) as progress:
        trial = optimising.built(made, request, backend, options, means, timed=bool(reports))
        if trial.before is None:
            sys.stderr.write(f"built {trial.after.tag}; there is no Dockerfile before to compare it with\n")
            if in_place:
                _write(made.text, made.ignored, project / written)
            return
        verdict, found = optimising.proven(made, trial, runner=runner, request=request, means=means, measure=bool(reports or compose or kubernetes))
    if found is not None:
        for path in reports:
            comparison.write(found, path)
            sys.stderr.write(f"wrote {path}\n")
        _write_manifests(optimising.manifests(made, trial, found), compose, kubernetes)
    if not quiet:
        sys.stderr.write(verdict_report(verdict, surroundings.ink(sys.stderr), verbose=verbose) + "\n")
    passes = verdict.passes(allow_unproven=allow_unproven)
    if in_place and passes:
        _write(made.text, made.ignored, project / written)
    elif in_place:
        sys.stderr.write(f"{project / written} stays as it was: the new image is {verdict.answer}. `-o FILE` writes the new Dockerfile all the same\n")
    sys.exit(0 if passes else ANSWER_IS_NO)


def _place(given: Path | None) -> tuple[Path, str | None]:
    """The project's folder, and the name of the Dockerfile when one was given."""
    path = given or Path()
    if path.is_dir():
        return path, None
    if not path.exists():
        raise UserError(f"there is no {path}", where=str(path), fix="name a Dockerfile or the folder of a project")
    return path.parent, path.name


def _refuse_unwritable(target: Path) -> None:
    """Before anything is built: what would be lost if the answer could not be written."""
    if not target.parent.is_dir():
        raise UserError(f"there is no folder {target.parent}", where=str(target), fix=f"mkdir -p {target.parent}")
    if target.is_dir():
        raise UserError(f"{target} is a folder", where=str(target), fix=f"name a file, as {target / 'Dockerfile'}")
    if target.exists() and not target.stat().st_mode & 0o222:
        raise UserError(f"{target} is read-only", where=str(target), fix=f"chmod u+w {target}")


def _write_manifests(texts: tuple[str, str], *places: Path | None) -> None:
    for text, path in zip(texts, places, strict=True):
        if path is not None:
            path.write_text(text, "utf-8")
            sys.stderr.write(f"wrote {path}\n")


def _write(text: str, ignored: str, target: Path | None) -> None:
    """The Dockerfile to `target` with its ignore file beside it, else to stdout."""
    from paredown.store import replacing

    if target is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    # BuildKit and Buildah prefer an ignore file that has the Dockerfile's own name; Dockerfile itself has the common one.
    beside = ".dockerignore" if target.name in ("Dockerfile", "Containerfile") else f"{target.name}.dockerignore"
    for path, content in ((target, text), (target.with_name(beside), ignored)):
        real = path.resolve()  # a link stays one
        with replacing(real) as unfinished:
            unfinished.write_text(content, "utf-8")
            if real.exists():
                unfinished.chmod(real.stat().st_mode)
        sys.stderr.write(f"wrote {path}\n")
