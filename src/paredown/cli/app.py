"""The command line as a whole: which commands there are, and how errors leave the process."""

import errno
import os
import sys

import typer

from paredown import __version__
from paredown.cli.build import build
from paredown.cli.cache import cache
from paredown.cli.inspect import inspect
from paredown.cli.run import run as run_image
from paredown.errors import ParedownError, WorldError

app = typer.Typer(
    help="Small, quick, hardened container images of Python services, with proof.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(build)
app.command()(inspect)
app.command("run")(run_image)
app.add_typer(cache, name="cache")


@app.callback()
def _root(version: bool = typer.Option(False, "--version", "-V", help="Print the version and exit.")) -> None:
    if version:
        sys.stdout.write(f"paredown {__version__}\n")
        raise typer.Exit


def run() -> None:
    """Run a command; every error becomes a message on stderr and an exit code."""
    os.umask(0o022)  # what is written does not depend on who runs
    try:
        app()
    except ParedownError as error:
        sys.exit(_told(error))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        sys.exit(_told(WorldError(f"{error.filename or 'a file'} cannot be written: {error.strerror}", fix="free some space and run again")))
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)


def _told(error: ParedownError) -> int:
    sys.stderr.write(f"{error}\n")
    return error.exit_code
