"""A mended file takes the place of the one before: whole or not at all, with its mode and owner; and the diff between the two."""

import difflib
import os
import re
import tempfile
from contextlib import suppress

from paredown.checks.concealment import concealed
from paredown.checks.subjects import Subject
from paredown.errors import UserError, WorldError


def replace_file(subject: Subject, content: bytes) -> None:
    """Give the file of `subject` another content. A link stays one, and what it leads to is written when that lies below the subject's root.

    Raises UserError for a link that leads out, WorldError when the folder cannot be written to.
    """
    path = subject.path.resolve()
    if not path.is_relative_to(subject.root):
        raise UserError(
            f"{subject.name} is a link to {path}, outside of {subject.root}: it is not mended", where=subject.name, fix=f"paredown check {path} --fix"
        )
    try:
        status = path.stat()
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                os.fchmod(file.fileno(), status.st_mode & 0o7777)
                with suppress(PermissionError):  # another's file in a shared folder
                    os.fchown(file.fileno(), status.st_uid, status.st_gid)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except PermissionError:
        raise WorldError(f"{subject.name} may not be written", where=subject.name, fix=f"chmod u+w {path.parent}") from None


def diff_of(before: str, after: str, name: str) -> str:
    """The unified diff of two texts of the file `name`, without secrets; empty when they are the same."""
    old, new = (re.findall(r"[^\n]*\n|[^\n]+", concealed(text)) for text in (before, after))
    lines = difflib.unified_diff(old, new, fromfile=name, tofile=name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
