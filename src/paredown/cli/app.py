"""The command line as a whole: which commands there are, and how errors leave the process."""

import atexit
import errno
import gc
import os
import signal
import sys
from typing import NoReturn

import click

from paredown import __version__
from paredown.cli.build import build
from paredown.cli.cache import cache
from paredown.cli.check import check
from paredown.cli.explain import explain
from paredown.cli.inspect import inspect
from paredown.cli.optimize import optimize
from paredown.cli.run import run as run_image
from paredown.cli.verify import verify
from paredown.errors import ParedownError, WorldError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", "-V", message="%(prog)s %(version)s", prog_name="paredown")
def app() -> None:
    """Small, quick, hardened container images of Python services, with proof."""


for command in (build, check, explain, optimize, verify, inspect, run_image, cache):
    app.add_command(command)


def run() -> None:
    """Run a command; every error becomes a message on stderr and an exit code."""
    gc.set_threshold(100_000, 50, 50)  # a short process of many small values: looking for cycles often only costs time
    os.umask(0o022)  # what is written does not depend on who runs
    signal.signal(signal.SIGTERM, _terminate)
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
    except (KeyboardInterrupt, click.Abort) as error:
        _stop(128 + (signal.SIGTERM if isinstance(error.__cause__, _Terminated) else signal.SIGINT))


class _Terminated(KeyboardInterrupt):
    """SIGTERM, which stops everything as Ctrl-C does."""


def _terminate(*_: object) -> None:
    raise _Terminated


def _stop(code: int) -> NoReturn:
    """End now, with everything tidied up, but without waiting for threads that may be stuck in a connection."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.stderr.write("stopped\n")
    sys.stderr.flush()
    atexit._run_exitfuncs()
    os._exit(code)


def _told(error: ParedownError) -> int:
    sys.stderr.write(f"{error}\n")
    return error.exit_code
