"""The programs in /opt/venv/bin: written from entry points, the same on any machine, for the image's interpreter."""

import configparser
import re
import sys
from pathlib import Path

from paredown.errors import UntrustedError
from paredown.origin import Origin
from paredown.plan import VENV_FOLDER

_SHEBANG = f"#!{VENV_FOLDER}/bin/python"
_DOTTED = re.compile(r"^[^\W\d]\w*(?:\.[^\W\d]\w*)*$")
_TEMPLATE = """{shebang}
import sys

from {module} import {head}

if __name__ == "__main__":
    sys.exit({call}())
"""


def of(metadata: Path, where: Origin) -> dict[str, bytes]:
    """Program name -> its text, for the console and GUI scripts that `entry_points.txt` in the folder `metadata` names.

    https://packaging.python.org/en/latest/specifications/entry-points/
    """
    file = metadata / "entry_points.txt"
    if not file.exists():
        return {}
    parser = configparser.RawConfigParser(delimiters=("=",), strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(file.read_text("utf-8"))
    except (configparser.Error, UnicodeDecodeError) as error:
        raise UntrustedError(f"{metadata.name}: entry_points.txt cannot be read: {error}", where=where, fix="lock another version of it") from error
    found = {}
    for section in ("gui_scripts", "console_scripts"):
        for name, value in parser.items(section) if parser.has_section(section) else ():
            found[name] = _text(name, value, metadata.name, where)
    return found


def _text(name: str, value: str, distribution: str, where: Origin) -> bytes:
    module, _, attribute = value.partition("[")[0].partition(":")
    module, attribute = module.strip(), attribute.strip()
    if not _DOTTED.match(module) or not _DOTTED.match(attribute) or "/" in name or name in ("", ".", ".."):
        raise UntrustedError(f"{distribution}: the entry point `{name} = {value}` names no Python object", where=where, fix="lock another version of it")
    return _TEMPLATE.format(shebang=_SHEBANG, module=module, head=attribute.split(".")[0], call=attribute).encode()


def with_interpreter(data: bytes) -> bytes | None:
    """`data` for the image's interpreter when its first line names the one that runs paredown; None when it does not."""
    host = sys.executable.encode()
    first, _, rest = data.partition(b"\n")
    if first.startswith(b"#!") and first[2:].strip() == host:
        return _SHEBANG.encode() + b"\n" + rest
    # A path too long or with spaces goes through a shell: #!/bin/sh, '''exec' '<path>' "$0" "$@", ' '''
    second, _, rest = rest.partition(b"\n")
    if first == b"#!/bin/sh" and second.startswith(b"'''exec'") and host in second:
        return _SHEBANG.encode() + b"\n" + rest.partition(b"\n")[2]
    return None
