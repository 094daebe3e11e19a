"""The command line as a whole: which commands there are, and how errors leave the process."""

import errno
import gc
import os
import sys

import click

from paredown import __version__
from paredown.cli.build import build
from paredown.cli.cache import cache
from paredown.cli.inspect import inspect
from paredown.cli.run import run as run_image
from paredown.errors import ParedownError, WorldError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", "-V", message="%(prog)s %(version)s", prog_name="paredown")
def app() -> None:
    """Small, quick, hardened container images of Python services, with proof."""


for command in (build, inspect, run_image, cache):
    app.add_command(command)


def run() -> None:
    """Run a command; every error becomes a message on stderr and an exit code."""
    gc.set_threshold(100_000, 50, 50)  # a short process of many small values: looking for cycles often only costs time
    os.umask(0o022)  # what is written does not depend on who runs
    try:
        app.main(prog_name="paredown", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        sys.stdout.write(f"{error.ctx.get_help() if error.ctx else error}\n")
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except ParedownError as error:
        sys.exit(_told(error))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            sys.exit(0)
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        sys.exit(_told(WorldError(f"{error.filename or 'a file'} cannot be written: {error.strerror}", fix="free some space and run again")))
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write("stopped\n")
        sys.exit(130)


def _told(error: ParedownError) -> int:
    sys.stderr.write(f"{error}\n")
    return error.exit_code
