"""uv.lock: which member of it a project is, whether it is up to date, and what it locks.

Read block by block: a lock of a big service has a megabyte of hashes that nothing here needs.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from paredown import toml_file
from paredown.errors import UserError
from paredown.frontends.pyproject import mapping, name_of_requirement, normalised, strings
from paredown.frontends.requirements import Key, key_of, specifier_key
from paredown.origin import Origin

_NAME = re.compile(r'^name = "([^"]+)"', re.MULTILINE)
_SOURCE = re.compile(r'^source = \{ (editable|virtual|directory) = "([^"]*)"', re.MULTILINE)
_NAMED = re.compile(r'\{ name = "([^"]+)"')
_HASHES = re.compile(r"^(?:wheels = \[\n.*?^\]\n?|sdist = .*\n?)", re.MULTILINE | re.DOTALL)
_REQUIRES = re.compile(r'^requires-python = "([^"]*)"', re.MULTILINE)
_RUN_TIME = re.compile(r"^(?:dependencies = \[\n.*?^\]|\[package\.optional-dependencies\]\n.*?(?=^\[package\.|\Z))", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One `[[package]]`. `folder` is set for what lies in the workspace; `line` is that of its header."""

    name: str
    text: str
    line: int
    folder: str | None
    virtual: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UvLock:
    """A uv.lock. `file` is its path relative to the project."""

    file: str
    requires_python: str | None
    blocks: Mapping[str, tuple[Block, ...]]

    def members(self) -> tuple[Block, ...]:
        """The workspace's own projects."""
        return tuple(block for group in self.blocks.values() for block in group if block.folder is not None)


def parse(text: str, file: str) -> UvLock:
    """A lock of its text. Raises UserError when it is not one."""
    head, *rest = text.split("[[package]]\n")
    if "version =" not in head:
        raise UserError(f"{file} is not a uv.lock: it has no version", where=Origin(file, 1), fix="uv lock")
    line = head.count("\n") + 1
    blocks: dict[str, list[Block]] = {}
    for body in rest:
        name = _NAME.search(body)
        if name is None:
            raise UserError(f"{file} has a package without a name", where=Origin(file, line), fix="uv lock")
        source = _SOURCE.search(body)
        block = Block(name=name[1], text=body, line=line, folder=source[2] if source else None, virtual=bool(source and source[1] == "virtual"))
        blocks.setdefault(name[1], []).append(block)
        line += body.count("\n") + 1
    requires = _REQUIRES.search(head)
    return UvLock(file=file, requires_python=requires[1] if requires else None, blocks={name: tuple(group) for name, group in blocks.items()})


def locked_names(lock: UvLock, member: Block, groups: Iterable[str], extras: Iterable[str]) -> frozenset[str]:
    """The names that a member's run needs, dependencies of dependencies and asked groups and extras included, development left out."""
    document = _document(lock, member)
    asked = [*mapping_items(document, "dependencies")]
    for table, keys in (("optional-dependencies", extras), ("dev-dependencies", groups)):
        for key in keys:
            asked += mapping_items(mapping(document.get(table)), key)
    seen: set[str] = set()
    while asked:
        name = asked.pop()
        if name in seen:
            continue
        seen.add(name)
        for block in lock.blocks.get(name, ()):
            for part in _RUN_TIME.findall(block.text):
                asked += _NAMED.findall(part)
    return frozenset(seen)


def mapping_items(document: Mapping[str, Any], key: str) -> list[str]:
    """The names of an array of `{ name = ... }` tables."""
    found = document.get(key)
    return [item["name"] for item in found if isinstance(item, dict) and isinstance(item.get("name"), str)] if isinstance(found, list) else []


def refuse_outdated(lock: UvLock, member: Block, document: Mapping[str, Any], text: str, pyproject: str) -> None:
    """Raise UserError when `document` (the member's pyproject.toml) asks for something else than the lock was made for."""
    project = mapping(document.get("project"))
    metadata = mapping(mapping(_document(lock, member)).get("metadata"))
    _refuse_other_python(lock, project, text, pyproject)
    if strings(project.get("dynamic")) and {"dependencies", "optional-dependencies"} & set(strings(project.get("dynamic"))):
        return
    wanted = {"": list(strings(project.get("dependencies")))}
    for extra, lines in mapping(project.get("optional-dependencies")).items():
        wanted[extra] = list(strings(lines))
    recorded: dict[str, list[Mapping[str, Any]]] = {}
    for item in metadata.get("requires-dist", []):
        condition = re.search(r"extra == '([^']*)'", item.get("marker", ""))
        recorded.setdefault(condition[1] if condition else "", []).append(item)
    own = normalised(str(project.get("name", "")))
    for extra, lines in wanted.items():
        where = f"[project.optional-dependencies] {extra}" if extra else "[project] dependencies"
        _compare(lines, recorded.pop(normalised(extra), recorded.pop(extra, [])), where, lock, member, text, pyproject, own)
    for extra, items in recorded.items():
        if items and not any(own == name_of_requirement(line) for lines in wanted.values() for line in lines):
            _outdated(lock, member.line, f"the lock still has extra `{extra}`, which {pyproject} no longer has")
    groups = mapping(document.get("dependency-groups"))
    development = {name: _group(groups, name, ()) for name in groups}
    legacy = strings(mapping(mapping(document.get("tool")).get("uv")).get("dev-dependencies"))
    if legacy:
        development.setdefault("dev", []).extend(legacy)
    recorded_groups = {normalised(name): items for name, items in mapping(metadata.get("requires-dev")).items()}
    for name, lines in development.items():
        _compare(lines, recorded_groups.get(normalised(name), []), f"[dependency-groups] {name}", lock, member, text, pyproject, own)


def _document(lock: UvLock, member: Block) -> Mapping[str, Any]:
    parsed = toml_file.parse("[[package]]\n" + _HASHES.sub("", member.text), lock.file)
    return mapping(parsed["package"][0])


def _group(groups: Mapping[str, Any], name: str, above: tuple[str, ...]) -> list[str]:
    """The lines of a dependency group, with those that it includes (PEP 735)."""
    lines: list[str] = []
    items = groups.get(name, [])
    for item in items if isinstance(items, list) and name not in above else ():
        if isinstance(item, str):
            lines.append(item)
        elif isinstance(item, dict) and isinstance(item.get("include-group"), str):
            wanted = normalised(item["include-group"])
            lines += [line for other in groups if normalised(other) == wanted for line in _group(groups, other, (*above, name))]
    return lines


def _compare(
    lines: list[str], items: list[Mapping[str, Any]], where: str, lock: UvLock, member: Block, text: str, pyproject: str, own: str
) -> None:  # fmt: skip
    # A requirement whose source is elsewhere ([tool.uv.sources], a git or file URL) is recorded by that source: only names are compared.
    sourced = {item["name"] for item in items if not {"name", "extras", "specifier", "marker"} >= set(item)}
    have = {_recorded_key(item) for item in items}
    names = {item["name"] for item in items}
    has_own = False
    for line in lines:
        name = name_of_requirement(line) or line
        if name == own:
            has_own = True
            continue
        if name in sourced or (name in names and " @ " in line):
            continue
        if _quick_key(line) in have:
            continue
        key = key_of(line)
        if key in have:
            continue
        at = Origin(pyproject, _line_with(text, line))
        if key[0] in names:
            old = next(item.get("specifier", "any version") for item in items if item["name"] == key[0])
            raise UserError(f"{lock.file} is out of date: {where} asks for `{line}`, the lock was made for `{key[0]}` {old}", where=at, fix="uv lock")
        raise UserError(f"{lock.file} is out of date: it does not know `{line}` of {where}", where=at, fix="uv lock")
    if has_own:
        return
    wanted = {name_of_requirement(line) or line for line in lines}
    for item in items:
        if item["name"] not in wanted:
            _outdated(lock, member.line, f"the lock was made with `{item['name']}`, which {where} no longer names")


def _quick_key(line: str) -> Key:
    """`key_of` for the plain lines that make up nearly all, without loading a parser of requirements."""
    plain = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?\s*([<>=!~][^;@]*)?", line.split(";", maxsplit=1)[0].strip())
    if plain is None:
        return line, frozenset(), "?"
    return normalised(plain[1]), frozenset(normalised(extra.strip()) for extra in (plain[2] or "").split(",") if extra.strip()), specifier_key(plain[3] or "")


def _recorded_key(item: Mapping[str, Any]) -> Key:
    return item["name"], frozenset(item.get("extras", ())), specifier_key(item.get("specifier", ""))


def _line_with(text: str, requirement: str) -> int | None:
    index = text.find(requirement)
    return None if index < 0 else text.count("\n", 0, index) + 1


def _outdated(lock: UvLock, line: int, reason: str) -> None:
    raise UserError(f"{lock.file} is out of date: {reason}", where=Origin(lock.file, line), fix="uv lock")


def _refuse_other_python(lock: UvLock, project: Mapping[str, Any], text: str, pyproject: str) -> None:
    """A workspace records the range that all of its members share, which says nothing of one of them."""
    wanted = project.get("requires-python")
    if not isinstance(wanted, str) or lock.requires_python is None or len(lock.members()) > 1:
        return
    if specifier_key(wanted) == specifier_key(lock.requires_python):
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - slow to load, seldom needed

    try:
        a, b = SpecifierSet(wanted), SpecifierSet(lock.requires_python)
    except InvalidSpecifier:
        return
    # Upper bounds are left out: uv keeps them in the lock or drops them, by version.
    versions = [f"3.{minor}.{micro}" for minor in range(6, 17) for micro in (*range(21), 50)]
    lowest = [next((version for version in versions if version in specifier), None) for specifier in (a, b)]
    if lowest[0] != lowest[1]:
        raise UserError(
            f"{lock.file} is out of date: the project requires Python {wanted}, the lock was made for {lock.requires_python}",
            where=Origin(pyproject, toml_file.line_of_key(text, ("project", "requires-python"))),
            fix="uv lock",
        )
