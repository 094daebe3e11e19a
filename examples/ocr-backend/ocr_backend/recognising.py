"""What kind of file was sent: what the program `file` sees in it, not what its name says."""

import subprocess

READABLE = ("application/pdf", "image/png", "image/jpeg", "image/tiff", "image/bmp")
BEGINNING = 1 << 16  # bytes; enough for what is told apart here


def media_type(data: bytes) -> str | None:
    """None for what can not be read."""
    command = ["file", "--brief", "--mime-type", "-"]
    told = subprocess.run(command, input=data[:BEGINNING], capture_output=True, check=True, timeout=10)
    kind = told.stdout.decode().strip()
    return kind if kind in READABLE else None
