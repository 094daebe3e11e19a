"""Finds accounts that share a number, and so all rights."""

from collections import defaultdict
from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed
from paredown.tree import file_of

_USUAL = {frozenset({"root", "operator"}), frozenset({"root", "toor"})}  # Alpine's and BSD's own


@rule(
    id="account-numbers-repeated",
    severity=Severity.WARNING,
    summary="two accounts or two groups have the same number, or name",
    why="The kernel knows numbers only: files of the one are the other's, and which of the names is shown is chance.",
    sources=("goodwithtech/dockle CHECKPOINT.md DKL-LI-0002",),
    same_as=("dockle DKL-LI-0002",),
    before=ImageExample(layers=(("RUN useradd -o -u 0 admin", {"etc/passwd": file_of(b"root:x:0:0::/:\nadmin:x:0:0::/:\n")}),)),
    after=ImageExample(layers=(("RUN useradd -u 10001 admin", {"etc/passwd": file_of(b"root:x:0:0::/:\nadmin:x:10001:0::/:\n")}),)),
)
def account_numbers_repeated(image: FinishedImage) -> Iterator[Found]:
    for name, kind in (("etc/passwd", "user"), ("etc/group", "group")):
        holders: dict[str, list[str]] = defaultdict(list)
        for fields in image.accounts(name):
            if len(fields) > 2:
                holders[fields[2]].append(fields[0])
        for number, names in holders.items():
            if len(names) > 1 and frozenset(names) not in _USUAL:
                yield Found(message=f"{listed(names)} are the same {kind}, {number}, in /{name}", advice=f"give each {kind} a number of its own")
