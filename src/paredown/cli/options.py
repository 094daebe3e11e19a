"""The options that more commands than one have, in one wording."""

from pathlib import Path

import click

FORMATS = click.Choice(["text", "json"])

outputs = click.option(
    "--output", "-o", type=click.Path(path_type=Path), multiple=True,
    help="FILE.tar (OCI layout and docker-archive in one) or a folder (OCI layout). Default: NAME.oci.tar.",
)  # fmt: skip
load = click.option("--load", is_flag=True, help="Put the image into the local Docker or Podman.")
compression = click.option(
    "--compression", metavar="NAME", default="gzip", show_default=True, help="Of the layers that are made: gzip, gzip-max, zstd or zstd-max."
)  # fmt: skip
runner = click.option(
    "--runner", type=click.Choice(["sandbox", "docker", "podman"]), help="What starts the images. Default: the sandbox where it can run."
)  # fmt: skip
settings_of = click.option(
    "--project", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".",
    help="The folder with the settings of verifying. Default: this one.",
)  # fmt: skip
allow_unproven = click.option("--allow-unproven", is_flag=True, help="Exit 0 also when something could not be exercised.")
explain = click.option("--explain", metavar="PATH", help="Say what became of one path of the image, and why.")
advisories = click.option(
    "--advisories", metavar="PATH", type=click.Path(path_type=Path), multiple=True,
    help="Advisory data to look the packages up in: a file, folder or .zip in OSV's JSON, or Debian's list. May be given again.",
)  # fmt: skip
output_format = click.option("--format", "output_format", type=FORMATS, default="text", show_default=True, help="json is for machines, on stdout.")
quiet = click.option("--quiet", "-q", is_flag=True, help="Only the answer.")
