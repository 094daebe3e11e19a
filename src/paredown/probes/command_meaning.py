"""What a command means: the module or script that it runs and with which arguments, however the words that start it are put."""

import posixpath
import re
import shlex
from dataclasses import dataclass, replace

from paredown.plan import PAREDOWN_FOLDER
from paredown.probes.installed import entry_points, installed, scripts_folder
from paredown.probes.interface import Image
from paredown.probes.surroundings import from_working_directory, program, shebang

_LAUNCHER = f"{PAREDOWN_FOLDER}/launch.py"
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
PROJECT_TOOLS = frozenset({"uv", "poetry", "pdm", "pipenv"})  # each has a `run`, which starts a command in the project's environment
_PYTHON = re.compile(r"python(?:3(?:\.\d+t?)?)?")
_SHELL_SYNTAX = re.compile(r"[;|&<>()`\n*?\[#~]|\$\(")
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
_BECOMES = re.compile(r"(?m)(?:^|[;&|]|\bthen\b|\belse\b)\s*exec\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """`words` are equal for commands that do the same; `program` is the first program that is looked up, as written; `shell` stays process 1, if any."""

    words: tuple[str, ...]
    program: str = ""
    shell: str = ""


def meaning(argv: tuple[str, ...], image: Image) -> Meaning:
    """What the engine's `argv` comes to. `$NAME` in its words stands for a variable that is expanded, `$$` for a mere dollar sign."""
    if len(argv) > 4 and _LAUNCHER in argv[:4]:
        return _of_program(tuple(_braced(word) for word in argv[argv.index(_LAUNCHER) + 1 :]), image)
    if len(argv) >= 3 and posixpath.basename(argv[0]) in _SHELLS and re.fullmatch(r"-[a-z]*c", argv[1]):
        return _of_shell(argv, image)
    return _of_program(tuple(word.replace("$", "$$") for word in argv), image)


def _of_shell(argv: tuple[str, ...], image: Image) -> Meaning:
    text = argv[2].strip()
    name = posixpath.basename(argv[0])
    try:
        words = None if _SHELL_SYNTAX.search(text) else shlex.split(text)
    except ValueError:
        words = None
    if not words:
        return Meaning(words=("shell", " ".join(text.split())), program=argv[0], shell="" if _BECOMES.search(text) else name)
    replaced = words[0] == "exec"
    found = _of_program(tuple(_braced(word) for word in words[1 if replaced else 0 :]), image)
    return replace(found, program=argv[0], shell=found.shell if replaced else name)


def _of_program(words: tuple[str, ...], image: Image) -> Meaning:
    if not words:
        return Meaning(words=())
    first = words[0]
    if posixpath.basename(first) in PROJECT_TOOLS and words[1:2] == ("run",):
        index = next((index for index in range(2, len(words)) if not words[index].startswith("-")), len(words))
        return replace(_of_program(words[index:], image), program=first)
    path = program(first, image)
    if path is None:
        return Meaning(words=words, program=first)
    if _PYTHON.fullmatch(posixpath.basename(path)):
        return Meaning(words=_of_python(words[1:], image), program=first)
    own = _console_script(path, image)
    if own:
        return Meaning(words=(own, *words[1:]), program=first)
    name = first if "/" not in first else from_working_directory(path, image)
    return Meaning(words=(name, *words[1:]), program=first, shell=_shell_that_stays(path, image))


def _of_python(words: tuple[str, ...], image: Image) -> tuple[str, ...]:
    options: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "-m" and rest:
            return (*options, *rest)
        if word == "-c" or not word.startswith("-") or word == "-":
            rest.insert(0, from_working_directory(posixpath.normpath(word).lstrip("/"), image) if word.startswith("/") else word)
            break
        options.append(f"python {word}")
        if word in ("-W", "-X") and rest:
            options[-1] += f" {rest.pop(0)}"
    return (*options, *rest)


def _console_script(path: str, image: Image) -> str:
    """The module that a console script runs, with the script's name when that is another; "" when `path` is none."""
    folder, name = posixpath.split(path)
    for distribution in installed(image):
        if image.tree.resolve(scripts_folder(distribution)) != image.tree.resolve(folder):
            continue
        for point in entry_points(distribution, image.tree):
            if point.group == "console_scripts" and point.name == name:
                module = point.value.partition(":")[0].partition(".")[0].strip()
                return name if module == name else f"{name} ({module})"
    return ""


def _shell_that_stays(path: str, image: Image) -> str:
    entry = image.tree[image.tree.resolve(path) or path]
    words = shebang(entry)
    name = posixpath.basename(words[-1] if words and posixpath.basename(words[0]) == "env" else words[0]) if words else ""
    return name if name in _SHELLS and not _BECOMES.search(entry.read().decode("utf-8", "replace")) else ""


def _braced(word: str) -> str:
    return _VARIABLE.sub(r"${\1}", word)
