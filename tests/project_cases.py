"""Project cases: `tests/cases/NAME/input` is a project, beside it `expected.json` or `expected_error.txt`.

`case.json`, when there, says which folder of the input is the project and what the command line overrides.
`python tests/project_cases.py` writes what is read now as expected: look at the difference before you keep it.
"""

import json
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from paredown.errors import ParedownError
from paredown.frontends import Overrides, Project, read

CASES = Path(__file__).parent / "cases"


def cases() -> list[Path]:
    """The folders of all project cases."""
    return sorted(folder.parent for folder in CASES.glob("*/input"))


def outcome(case: Path) -> tuple[str, str]:
    """The name of the file that says what is expected, and what it would say now."""
    options = json.loads((case / "case.json").read_text("utf-8")) if (case / "case.json").exists() else {}
    project = case / "input" / options.pop("project", ".")
    try:
        return "expected.json", json.dumps(shown(read(project, overrides=Overrides(**options))), indent=1, ensure_ascii=False) + "\n"
    except ParedownError as error:
        return "expected_error.txt", f"{error}\n".replace(str(project.resolve()), "PROJECT").replace(str(project), "PROJECT")


def shown(project: Project) -> dict[str, Any]:
    """All that differs from the defaults; origins as they are printed, unions with their type."""
    found = dict(_items(project))
    del found["plan"]["project"], found["verification"]["project"]
    for companion in found["verification"].get("companions", ()):
        del companion["project"]
    return found if found["verification"] else {name: value for name, value in found.items() if name != "verification"}


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    for item in fields(value):
        inner = getattr(value, item.name)
        if item.default is MISSING or inner != item.default:
            yield item.name, _plain(inner)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if not is_dataclass(value):
        return value
    name = type(value).__name__
    if name in ("Origin", "Platform"):
        return str(value)
    return ({"type": name} if name.startswith(("Install", "Copy")) or name.endswith("Base") else {}) | dict(_items(value))


if __name__ == "__main__":
    for case in cases():
        name, text = outcome(case)
        for other in ("expected.json", "expected_error.txt"):
            (case / other).unlink(missing_ok=True)
        (case / name).write_text(text, "utf-8")
