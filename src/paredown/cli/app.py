"""The command line as a whole: which commands there are, and how errors leave the process."""

import atexit
import errno
import gc
import importlib
import os
import signal
import sys
from typing import NoReturn

import click

from paredown import __version__
from paredown.errors import ParedownError, WorldError

COMMANDS = ("build", "cache", "check", "explain", "inspect", "optimize", "restore", "run", "slim", "verify")


class _Commands(click.Group):
    """Commands by the files that they are in; one is loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"paredown.cli.{cmd_name}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", "-V", message="%(prog)s %(version)s", prog_name="paredown")
def app() -> None:
    """Small, quick, hardened container images of Python services, with proof."""


def run() -> None:
    """Run a command; every error becomes a message on stderr and an exit code."""
    gc.disable()  # a process that soon ends, of many small values: looking for cycles among them costs time and finds next to nothing
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
