"""Finds bases whose system or Python gets no more security fixes."""

from collections.abc import Iterator

from paredown.rules.bases import image_span, read_base
from paredown.rules.ended import ENDED
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe

_NAMES = {"alpine": "Alpine", "debian": "Debian", "ubuntu": "Ubuntu", "centos": "CentOS", "amazonlinux": "Amazon Linux", "python": "Python"}


@rule(
    id="base-end-of-life",
    severity=Severity.WARNING,
    summary="a base is past its end of life",
    why="Nobody mends security faults in it any more, and its image is not rebuilt: what scanners find today stays, and grows.",
    sources=(
        "https://endoflife.date/python", "https://endoflife.date/debian", "https://endoflife.date/ubuntu", "https://endoflife.date/alpine-linux",
        "https://devguide.python.org/versions/",
    ),
    same_as=("CIS 4.4", "NIST 4.1.1"),
    before='FROM python:3.8-slim-buster\nCMD ["python", "-m", "shop"]\n',
    after='FROM python:3.13-slim-trixie\nCMD ["python", "-m", "shop"]\n',
)  # fmt: skip
def base_end_of_life(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        if stage.parent is not None or stage.undefined:
            continue
        base = read_base(stage.base)
        for product, version in ((base.system, base.release), ("python", base.python)):
            if ended := ENDED.get(product, {}).get(version):
                yield Found(
                    message=f"{_NAMES[product]} {version} has had no security fixes since {ended}",
                    span=image_span(stage),
                    advice=f"move to a supported {_NAMES[product]}; https://endoflife.date lists them",
                )
