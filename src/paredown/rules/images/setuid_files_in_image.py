"""Finds programs that run with another's rights, whoever starts them."""

from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import counted, listed
from paredown.tree import file_of, setuid


@rule(
    id="setuid-files-in-image",
    severity=Severity.INFO,
    summary="programs that become root or another group when anybody starts them",
    why="A fault in one of them makes root of whoever took over the service; no service starts one. With `no-new-privileges` the kernel ignores the bit.",
    sources=("goodwithtech/dockle CHECKPOINT.md CIS-DI-0008", "OWASP/CheatSheetSeries cheatsheets/Docker_Security_Cheat_Sheet.md"),
    same_as=("dockle CIS-DI-0008", "CIS 4.8", "OWASP 4"),
    before=ImageExample(layers=(("FROM debian", {"usr/bin/su": file_of(b"", mode=0o4755)}),)),
    after=ImageExample(layers=(("FROM debian", {"usr/bin/su": file_of(b"", mode=0o755)}),)),
)
def setuid_files_in_image(image: FinishedImage) -> Iterator[Found]:
    found = [f"/{path}" for path, entry in image.files if setuid(entry) and entry.executable]
    if found:
        yield Found(
            message=f"{counted(len(found), 'program')} with the setuid or setgid bit: {listed(found)}",
            advice="take the bit in the stage that is shipped: `RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} +`",
        )
