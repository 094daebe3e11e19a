"""The entry point: `paredown` and `python -m paredown`."""

import sys

from paredown import __version__


def main() -> None:
    """Run the command line; `--version` is answered before anything heavy is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"paredown {__version__}\n")
        return
    from paredown.cli.app import run  # noqa: PLC0415  (all else stays unloaded for --version)

    run()


if __name__ == "__main__":
    main()
