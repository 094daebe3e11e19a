"""Finds images whose system or Python gets no more security fixes."""

import re
from collections.abc import Iterator

from paredown.rules.ended import ENDED
from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.tree import file_of

_FIELD = re.compile(r"""^(ID|VERSION_ID|VERSION_CODENAME|NAME)=["']?([^"'\n]*)""", re.MULTILINE)


@rule(
    id="image-past-end-of-life",
    severity=Severity.WARNING,
    summary="the image's system or Python is past its end of life",
    why="Nobody mends security faults in it any more: what scanners find today stays, and grows.",
    sources=("https://endoflife.date/debian", "https://endoflife.date/alpine-linux", "https://devguide.python.org/versions/"),
    same_as=("CIS 4.4", "NIST 4.1.1"),
    before=ImageExample(layers=(("FROM alpine:3.15", {"etc/os-release": file_of(b"NAME=Alpine\nID=alpine\nVERSION_ID=3.15.11\n")}),)),
    after=ImageExample(layers=(("FROM alpine:3.22", {"etc/os-release": file_of(b"NAME=Alpine\nID=alpine\nVERSION_ID=3.22.1\n")}),)),
)
def image_past_end_of_life(image: FinishedImage) -> Iterator[Found]:
    fields: dict[str, str] = dict(_FIELD.findall(image.text("etc/os-release")))
    product = fields.get("ID", "").replace("amzn", "amazonlinux")
    number = fields.get("VERSION_ID", "")
    releases = (fields.get("VERSION_CODENAME", ""), number, ".".join(number.split(".")[:2]))
    system = next(((fields["NAME"], release, day) for release in releases if (day := ENDED.get(product, {}).get(release)) and "NAME" in fields), None)
    python = ("Python", image.python, ENDED["python"].get(image.python, ""))
    for name, version, ended in (*((system,) if system else ()), *((python,) if python[2] else ())):
        yield Found(message=f"{name} {version} has had no security fixes since {ended}", advice="build on a supported one; https://endoflife.date lists them")
