"""`paredown cache`: where the store is, whether it is whole, and how to empty it."""

import shutil
import sys

import click

from paredown.errors import ANSWER_IS_NO


@click.group()
def cache() -> None:
    """Look after paredown's store."""


@cache.command("path")
def path() -> None:
    """Print the store's folder."""
    from paredown.cli import surroundings

    sys.stdout.write(f"{surroundings.store().root}\n")


@cache.command("verify")
def verify() -> None:
    """Read every blob and record; exit 1 and name those that are not what their names promise."""
    from paredown.cli import surroundings

    damaged = list(surroundings.store().damaged())
    for place in damaged:
        sys.stdout.write(f"damaged: {place}\n")
    if damaged:
        sys.exit(ANSWER_IS_NO)
    sys.stderr.write("the store is whole\n")


@cache.command("clear")
def clear() -> None:
    """Delete the store; the next build makes it anew."""
    from paredown.cli import surroundings

    root = surroundings.store().root
    if root.is_dir():
        with surroundings.store().locked("clear"):
            shutil.rmtree(root)
    sys.stderr.write(f"{root} is empty\n")
