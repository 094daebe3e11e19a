"""Which modules a Python source names: a line-based reading that rather names too many than too few."""

import posixpath
import re
from dataclasses import dataclass

_STATEMENT = re.compile(
    # A set of characters first, and nothing that may be empty: that alone is looked for at speed. So the text has a newline before it.
    r"""[\n;:"'][\ \t]*(?:
          import[\ \t]+(?P<modules>[\w.](?:[^\\\n;#"']|\\\r?\n)*+)
        | from(?=[\ \t.])[\ \t]*(?P<origin>\.*[\ \t]*[\w.]*)[\ \t\\\r\n]+import(?=[\ \t(\\*])[\ \t]*
          (?P<names>\((?:[^)\#]++|\#[^\n]*+)*+\)|(?:[^\\\n;\#"']|\\\r?\n)*+)
        )""",
    re.VERBOSE,
)
_CALLS = ("import_module", "__import__", "import_string", "importorskip", "find_spec", "run_module")
_CALL = re.compile(rf"""(?:{"|".join(_CALLS)})\(\s*f?["'](\.*[\w.]+)""")
_SWITCH = re.compile(r"""-m(?:(?<=["']-m)["'],\s*["']([\w.]+)["']| ([A-Za-z_][\w.]*))""")
_STRING = re.compile(r"""["']([A-Za-z_/.][\w.+:/-]{0,80})(?=["'\ ])""")
_TOKEN = re.compile(r"[A-Za-z_/][\w.+:/-]{1,80}")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?::[A-Za-z_][\w.]*)?")
_FILE = re.compile(r".*\.(?:bat|dll|exe|gz|py|pyc|txt)")  # no module is called so: `cmd.exe`; `redis.lock` and `textual.css` are modules
_NAME = re.compile(r"[^\W\d]\w*")
_COMMENT = re.compile(r"#[^\n]*")
_SHELLS = ("os.system(", "os.popen(", "shell=True", "shell = True", "create_subprocess_shell(", "subprocess.getoutput(", "subprocess.getstatusoutput(")
_LOADERS = ("find_library", "CDLL", "PyDLL", "cdll", "LoadLibrary", "dlopen")
_STUB_READER = "attach_stub"  # lazy_loader reads .pyi files at run time


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What one file names: modules in import statements and calls, dotted strings that may be modules, words in strings.

    `libraries` are those words by which the file may load a shared library: all of them where it calls a loader, else those with `.so`.
    `shell` is the call by which it starts a shell, `os.system`, or empty.
    """

    imports: frozenset[str]
    dotted: frozenset[str]
    words: frozenset[str]
    libraries: frozenset[str] = frozenset()
    shell: str = ""


def scan_source(text: str, package: str) -> Scanned:
    """What the Python source `text` names; `package` is the dotted package that its relative imports start from."""
    imports: set[str] = set()
    if "import" in text:
        for match in _STATEMENT.finditer("\n" + text):
            modules, origin, names = match.groups()
            if modules is not None:
                imports.update(_imported(modules))
            elif base := resolved(origin.replace(" ", "").replace("\t", ""), package):
                imports.add(base)
                imports.update(f"{base}.{name}" for name in _imported(names))
        for name in _CALL.findall(text) if any(call in text for call in _CALLS) else ():
            if found := resolved(name.rstrip("."), package):
                imports.add(found)
    if "-m" in text:
        imports.update(quoted or plain.rstrip(".") for quoted, plain in _SWITCH.findall(text))
    words = set(_STRING.findall(text))
    if _STUB_READER in text:
        words.add(_STUB_READER)
    loads = any(name in text for name in _LOADERS)
    return Scanned(
        imports=frozenset(imports),
        dotted=_dotted(words),
        words=frozenset(words),
        libraries=frozenset(word for word in words if loads or ".so" in word),
        shell=next((call.rstrip("(").replace(" ", "") for call in _SHELLS if call in text), ""),
    )


def scan_text(text: str) -> Scanned:
    """What a configuration file names: each of its words."""
    words = {word.rstrip(".:/") for word in _TOKEN.findall(text)}
    return Scanned(imports=frozenset(), dotted=_dotted(words), words=frozenset(words))


def scan_entry_points(text: str) -> Scanned:
    """The modules that an entry_points.txt names."""
    targets = (line.partition("=")[2].partition("[")[0].strip() for line in text.splitlines())
    names = {target.partition(":")[0].strip() for target in targets if target}
    return Scanned(imports=frozenset(names - {""}), dotted=frozenset(), words=frozenset())


def package_of(path: str) -> str:
    """The dotted package in which the module at `path` of a Tree lives: what a single leading dot means there."""
    folder = posixpath.dirname(_below_root(path))
    return folder.replace("/", ".")


def module_of(path: str) -> str:
    """The dotted name under which the file at `path` of a Tree is imported."""
    stem, name = posixpath.split(_below_root(path))
    name = name.partition(".")[0]
    return (stem if name == "__init__" else posixpath.join(stem, name)).replace("/", ".")


def resolved(name: str, package: str) -> str:
    """`..util` as seen from `package` a.b.c -> a.b.util; an absolute name stays; empty when it leads above the root."""
    level = len(name) - len(name.lstrip("."))
    if level == 0:
        return name
    parts = package.split(".") if package else []
    if level - 1 > len(parts):
        return ""
    base = parts[: len(parts) - (level - 1)]
    rest = name[level:]
    return ".".join([*base, rest] if rest else base)


_ROOT = re.compile(r"^(?:.*/(?:site-packages|dist-packages)/|.*/python3(?:\.\d+)?/(?:lib-dynload/)?|app/(?:src/)?|src/)")


def _below_root(path: str) -> str:
    return _ROOT.sub("", path)


def _imported(text: str) -> list[str]:
    names = []
    for part in _COMMENT.sub("", text).strip("() \t\r\n").replace("\\", " ").split(","):
        words = part.split()
        if words and (words[0] != "*") and all(_NAME.fullmatch(piece) for piece in words[0].split(".")):
            names.append(words[0])
    return names


def _dotted(words: set[str]) -> frozenset[str]:
    found = set()
    for word in words:
        if "." in word and _DOTTED.fullmatch(word) and not _FILE.fullmatch(word):
            module, colon, attribute = word.partition(":")
            found.add(module)
            if colon:
                found.add(f"{module}.{attribute}")
    return frozenset(found)
