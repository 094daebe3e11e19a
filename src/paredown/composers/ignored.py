"""Which of a project's paths .gitignore leaves out, by git's rules."""

import re
from dataclasses import dataclass
from pathlib import Path

from paredown.composers.git_index import git_folder, tracked_paths
from paredown.errors import UserError
from paredown.origin import Origin


@dataclass(frozen=True, slots=True)
class GitRule:
    """One pattern; `by_name` when it is asked of a path's last part alone, at any depth."""

    expression: re.Pattern[str]
    ignores: bool
    by_name: bool

    def matches(self, path: str, name: str) -> bool:
        """Whether the whole of `path`, whose last part is `name`, matches; a folder's ends with a slash."""
        return self.expression.fullmatch(name if self.by_name else path) is not None


@dataclass(frozen=True, slots=True)
class GitRules:
    """Patterns of the .gitignore files from the work tree's root down to one folder; the deepest comes first.

    `layers` holds (folder relative to the work tree, with a final slash, or empty; its patterns, last first).
    """

    layers: tuple[tuple[str, tuple[GitRule, ...]], ...] = ()

    def ignores(self, path: str) -> bool:
        """Whether `path` (relative to the work tree; a folder ends with a slash) is ignored, its parents not being so."""
        name = _last_part(path)
        for folder, rules in self.layers:
            below = path[len(folder) :]
            for rule in rules:
                # A pattern that matches a folder above was asked when that folder was entered.
                if rule.matches(below, name):
                    return rule.ignores
        return False

    def entering(self, folder: str, ignore_file: Path) -> "GitRules":
        """These rules with those of the .gitignore of `folder`."""
        rules = _git_patterns(ignore_file)
        return GitRules(((folder, rules), *self.layers)) if rules else self


@dataclass(frozen=True, slots=True)
class WorkTree:
    """How a folder lies in git: `prefix` is its path in the work tree (with a final slash, or empty); None for `git` without git."""

    prefix: str
    rules: GitRules
    git: Path | None

    def tracked(self) -> frozenset[str]:
        """What git tracks below the folder, relative to it."""
        if self.git is None:
            return frozenset()
        return frozenset(path.removeprefix(self.prefix) for path in tracked_paths(self.git) if path.startswith(self.prefix))


def work_tree(folder: Path) -> WorkTree:
    """The work tree around `folder` with the rules that hold there, the folder's own .gitignore not yet included."""
    found = git_folder(folder)
    if found is None:
        return WorkTree("", GitRules(), None)
    root, git = found
    relative = folder.relative_to(root).as_posix()
    prefix = "" if relative == "." else relative + "/"
    rules = GitRules().entering("", git / "info" / "exclude")
    above = ""
    for part in prefix.split("/")[:-1]:
        rules = rules.entering(above, root / above / ".gitignore")
        above += part + "/"
        if rules.ignores(above):
            return WorkTree("", GitRules(), None)  # a project inside of what its surroundings ignore stands for itself
    return WorkTree(prefix, rules, git)


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns of the configuration, in .gitignore's notation."""

    rules: tuple[GitRule, ...] = ()

    def match(self, path: str) -> bool:
        """Whether `path` (a folder ends with a slash) or a folder above it is matched."""
        parts = path.split("/")
        above = ("/".join(parts[:depth]) + "/" for depth in range(1, len(parts)))
        return any(self._match_one(name) for name in (*above, path) if name)

    def _match_one(self, path: str) -> bool:
        name = _last_part(path)
        return next((rule.ignores for rule in self.rules if rule.matches(path, name)), False)


def patterns(lines: tuple[str, ...], where: Origin) -> Patterns:
    """The `lines` as patterns; UserError for one that cannot be read."""
    rules = []
    for line in reversed(lines):
        rule = _git_rule(line)
        if rule is None:
            raise UserError(f"the pattern {line!r} cannot be read", where=where, fix="write patterns as in .gitignore: `*.log`, `data/`, `/static/**/*.map`")
        rules.append(rule)
    return Patterns(tuple(rules))


def _git_patterns(path: Path) -> tuple[GitRule, ...]:
    try:
        lines = path.read_bytes().decode("utf-8", "surrogateescape").removeprefix("\ufeff").splitlines()
    except OSError:
        return ()
    return tuple(rule for line in reversed(lines) if (rule := _git_rule(line)) is not None)


def _last_part(path: str) -> str:
    return path[path.rfind("/", 0, -1) + 1 :]


def _git_rule(line: str) -> GitRule | None:
    # https://git-scm.com/docs/gitignore: a pattern matches one path as a whole; a folder's path ends with a slash.
    pattern = re.sub(r"(?<!\\) +$", "", line)
    if not pattern or pattern.startswith("#"):
        return None
    ignores = not pattern.startswith("!")
    pattern = pattern[not ignores :]
    end = "/" if pattern.endswith("/") else "/?"
    pattern = pattern.removesuffix("/")
    by_name = "/" not in pattern
    pattern = re.sub(r"(?:(?<=/)|\A)\*\*/(?=\*\*(?:/|\Z))", "", pattern.removeprefix("/"))
    if not pattern:
        return None
    try:
        body = "(?:.+)" if pattern == "**" else "".join(_git_token(token) for token in _GIT_TOKEN.findall(pattern))
        return GitRule(re.compile(body + end, re.DOTALL), ignores, by_name)
    except re.error:
        return None  # git too passes over a pattern that means nothing


_GIT_TOKEN = re.compile(r"\A\*\*/|/\*\*/|/\*\*\Z|\*+|\?|\[[!^]?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]|\\.|.", re.DOTALL)
_CLASSES = {
    "[:alpha:]": "a-zA-Z",
    "[:digit:]": "0-9",
    "[:alnum:]": "a-zA-Z0-9",
    "[:upper:]": "A-Z",
    "[:lower:]": "a-z",
    "[:space:]": r"\s",
    "[:xdigit:]": "0-9a-fA-F",
}


def _git_token(token: str) -> str:
    match token:
        case "**/":
            return "(?:.*/)?"
        case "/**/":
            return "/(?:.*/)?"
        case "/**":
            return "/.+"
        case "?":
            return "[^/]"
        case "[" | "\\":
            raise re.error("an open bracket or a lone backslash")
        case _ if token.startswith("*"):
            return "[^/]*"
        case _ if token.startswith("["):
            inner = token[1:-1]
            for name, letters in _CLASSES.items():
                inner = inner.replace(name, letters)
            negated = inner.startswith(("!", "^"))
            return f"(?!/)[{'^' * negated}{inner[negated:].replace('[', chr(92) + '[')}]"
        case _:
            return re.escape(token.removeprefix("\\") if len(token) > 1 else token)
