"""What code names in string constants: paths that it opens, programs that it starts, shared libraries that it loads, and whether it starts a shell."""

import ast
import posixpath
import re
from dataclasses import dataclass
from typing import Any

_PATH = re.compile(r"(?:/[\w.+@:,=~-]+)+/?")
_ABSOLUTE = re.compile(r"""["']/\w""")
_HINTS = (
    "subprocess", "Popen", "os.exec", "os.spawn", "os.posix_spawn", "os.system", "os.popen", "which(", "CDLL", "PyDLL", "LoadLibrary", "find_library",
    "dlopen",
)  # fmt: skip
_QUOTED = re.compile(r"""(?<=["'])/[\w./+@-]{2,200}(?=["'])""")
_PROGRAM = re.compile(r"[A-Za-z0-9_][\w.+-]*")
_LOADERS = frozenset({"CDLL", "PyDLL", "LoadLibrary", "find_library", "dlopen"})
_LEAVES = frozenset({ast.Name, ast.Load, ast.Store, ast.Del, str, type(None)})
_FOLDING = frozenset({ast.Constant, ast.BinOp, ast.Call})
_JOINS = frozenset({"join", "Path", "PurePath", "PosixPath", "PurePosixPath", "joinpath"})
_SHELLS = frozenset({"os.system", "os.popen", "create_subprocess_shell", "getoutput", "getstatusoutput"})
# Calls whose first argument, or its first item, is a program; the names in the first set mean it only as `subprocess.NAME`.
_RUN = frozenset({"run", "call", "check_call", "check_output"})
_STARTS = frozenset({"Popen", "which", "execv", "execve", "execvp", "execvpe", "execl", "execle", "execlp", "execlpe", "posix_spawn", "posix_spawnp"})
_STARTS_SECOND = frozenset({"spawnl", "spawnle", "spawnlp", "spawnlpe", "spawnv", "spawnve", "spawnvp", "spawnvpe"})  # a mode comes first
# What wrappers call the variable in which the user may change the program: `tesseract_cmd = "tesseract"`.
_CHANGEABLE = re.compile(r"(?i)(?:.*_)?(?:cmd|command|program|binary|bin|exe|executable)")
# In compiled code one constant may follow another without a byte between; where one of the next folders begins, it ends.
_NEXT = rb"/(?:etc|usr|var)/"
_IN_ELF = re.compile(
    rb"(?:(?<![\w.+@/-])/(?:bin|sbin|lib|lib64|opt|srv)/|" + _NEXT + rb")(?:(?!" + _NEXT + rb")[\w.+@/-]){1,160}"
)  # fmt: skip
_SONAME = re.compile(rb"lib[\w+.-]{1,60}\.so(?:\.\d+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Constants:
    """What one file names. `paths` are absolute; `libraries` as a loader or find_library is given them: `libmagic.so.1`, `magic`."""

    paths: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()
    libraries: frozenset[str] = frozenset()
    shell: bool = False


def in_source(text: str) -> Constants:
    """Those of a Python source; docstrings and comments do not count. Of one in a syntax not known here, whatever stands in quotes as a path."""
    if not any(hint in text for hint in _HINTS) and not _ABSOLUTE.search(text):
        return Constants()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Constants(paths=frozenset(posixpath.normpath(path) for path in _QUOTED.findall(text)))
    reading = _Reading()
    reading.read(tree, "subprocess" in text)
    return Constants(
        paths=frozenset(reading.paths), programs=frozenset(reading.programs), libraries=frozenset(reading.libraries), shell=reading.shell
    )  # fmt: skip


def in_elf(text: bytes) -> Constants:
    """Those among the read-only bytes of compiled code; programs cannot be told from other words there."""
    return Constants(
        paths=frozenset(posixpath.normpath(path.decode("ascii", "replace")) for path in _IN_ELF.findall(text)),
        libraries=frozenset(name.decode("ascii", "replace") for name in _SONAME.findall(text)),
    )


class _Reading:
    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.programs: set[str] = set()
        self.libraries: set[str] = set()
        self.shell = False
        self._lists: dict[str, list[ast.expr]] = {}  # what names are assigned: `command = ["git", "log"]`

    def read(self, tree: ast.Module, starts_programs: bool) -> None:
        calls: list[ast.Call] = []
        lists: list[ast.Assign] = []
        others: list[ast.Assign] = []
        waiting: list[Any] = [tree]
        while waiting:
            node = waiting.pop()
            kind = node.__class__
            if kind in _LEAVES:
                continue
            if kind is ast.Expr and node.value.__class__ is ast.Constant:
                continue  # a docstring, or a string that nothing takes
            if kind is ast.JoinedStr:
                waiting += [part for part in node.values if not isinstance(part, ast.Constant)]
                continue
            if kind is ast.Call:
                calls.append(node)
            elif kind is ast.Assign and starts_programs:
                (lists if isinstance(node.value, ast.List | ast.Tuple) else others).append(node)
            if kind in _FOLDING and (text := _folded(node)) is not None:
                self._path(text)
                if kind is not ast.Call:
                    continue
            # ast.iter_child_nodes takes twice as long.
            for field in kind._fields:
                value = getattr(node, field)
                if value.__class__ is list:
                    waiting += value
                elif isinstance(value, ast.AST):
                    waiting.append(value)
        # Lists first: what follows may name them.
        for node in lists:
            for name in map(_dotted, node.targets):
                self._lists.setdefault(name, []).append(node.value)
        for node in others:
            if any(map(_is_changeable, node.targets)):
                self._program([node.value], shell=False)
        for call in calls:
            self._call(call, starts_programs)

    def _path(self, text: str) -> None:
        if 2 < len(text) < 200 and _PATH.fullmatch(text):
            self.paths.add(posixpath.normpath(text))

    def _call(self, call: ast.Call, starts_programs: bool) -> None:
        name = _dotted(call.func)
        last = name.rpartition(".")[2]
        shell = any(word.arg == "shell" and isinstance(word.value, ast.Constant) and word.value.value is True for word in call.keywords)
        self.shell = self.shell or shell or name in _SHELLS or (starts_programs and last in _SHELLS)
        if last in _LOADERS and call.args and (library := _folded(call.args[0])):
            self.libraries.add(posixpath.basename(library))
        if last in _STARTS or last == "create_subprocess_exec" or (last in _RUN and starts_programs and name in (last, f"subprocess.{last}", f"sp.{last}")):
            self._program(call.args[:1], shell)
        elif last in _STARTS_SECOND:
            self._program(call.args[1:2], shell)

    def _program(self, arguments: list[ast.expr], shell: bool) -> None:
        for argument in (assigned for each in arguments for assigned in self._lists.get(_dotted(each), [each])):
            first = argument.elts[0] if isinstance(argument, ast.List | ast.Tuple) and argument.elts else argument
            words = (_folded(first) or "").split()
            if words and (shell or len(words) == 1) and _PROGRAM.fullmatch(words[0]):
                self.programs.add(words[0])


def _folded(node: ast.AST) -> str | None:
    """The text that an expression of constants comes to: a constant, a sum, a path put together with `/`, join or Path."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.BinOp(left=left, op=ast.Add() | ast.Div() as operation, right=right):
            parts = (_folded(left), _folded(right))
            if parts[0] is None or parts[1] is None:
                return None
            return parts[0] + parts[1] if isinstance(operation, ast.Add) else posixpath.join(parts[0], parts[1])
        case ast.Call(func=function, args=arguments, keywords=[]) if arguments and _dotted(function).rpartition(".")[2] in _JOINS:
            folded = [_folded(argument) for argument in arguments]
            texts = [text for text in folded if text is not None]
            return posixpath.join(*texts) if len(texts) == len(folded) and texts[0].startswith("/") else None
        case _:
            return None


def _is_changeable(target: ast.expr) -> bool:
    return _CHANGEABLE.fullmatch(_dotted(target).rpartition(".")[2]) is not None


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_dotted(value)}.{name}"
        case _:
            return ""
