"""The entry point: `paredown` and `python -m paredown`."""

import sys

from paredown import __version__


def main() -> None:
    """Run the command line; `--version` is answered before anything heavy is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"paredown {__version__}\n")
        return
    try:
        from paredown.cli.app import run  # noqa: PLC0415  (all else stays unloaded for --version)
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
