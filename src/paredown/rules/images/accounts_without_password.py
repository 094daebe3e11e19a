"""Finds accounts into which anybody may log in."""

from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed
from paredown.tree import file_of


@rule(
    id="accounts-without-password",
    severity=Severity.ERROR,
    summary="an account has an empty password",
    why="`su` then makes anybody that user without a question; an account that nobody logs in to has `*` or `!` there.",
    sources=("goodwithtech/dockle CHECKPOINT.md DKL-LI-0001", "https://nvd.nist.gov/vuln/detail/CVE-2019-5021"),
    same_as=("dockle DKL-LI-0001",),
    before=ImageExample(layers=(("FROM alpine:3.3", {"etc/shadow": file_of(b"root:::0:::::\n")}),)),
    after=ImageExample(layers=(("FROM alpine:3.22", {"etc/shadow": file_of(b"root:*::0:::::\n")}),)),
)
def accounts_without_password(image: FinishedImage) -> Iterator[Found]:
    found = {fields[0]: name for name in ("etc/shadow", "etc/passwd") for fields in image.accounts(name) if len(fields) > 1 and not fields[1]}
    if found:
        yield Found(
            message=f"the password of {listed(sorted(found))} is empty in {listed(sorted({f'/{name}' for name in found.values()}))}",
            advice=f"lock it: `RUN passwd -l {min(found)}`",
        )
