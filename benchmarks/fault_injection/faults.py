"""The kinds of faults: what goes wrong with images in the field, each made of what a given image really holds.

A kind is a function that looks through a good image and yields faults; the harness takes the first few of each.
"""

import ast
import posixpath
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.fault_injection.mutants import Fault, File, Folder, Good, Link
from paredown.tree import Entry, Kind, OwnerKind

Find = Callable[[Good], Iterator[Fault]]
KINDS: dict[str, Find] = {}

OTHER_VERSIONS = (
    ("jinja2", "2.11.3"), ("markupsafe", "1.1.0"), ("click", "6.7"), ("werkzeug", "1.0.1"), ("starlette", "0.12.13"), ("h11", "0.8.1"),
    ("anyio", "2.2.0"), ("flask-babel", "1.0.0"), ("structlog", "19.1.0"), ("annotated-types", "0.1.0"),
)  # fmt: skip
_UV = Path(__file__).resolve().parents[2] / ".venv" / "bin" / "uv"


def kind(name: str) -> Callable[[Find], Find]:
    """Register a kind under the name that reports show."""

    def register(find: Find) -> Find:
        KINDS[name] = find
        return find

    return register


def faults(good: Good, most: int) -> Iterator[Fault]:
    """Up to `most` faults of every kind that `good` has the ground for."""
    for name, find in KINDS.items():
        for count, fault in enumerate(find(good)):
            if count == most:
                break
            assert fault.kind == name, (fault.kind, name)
            yield fault


def files(good: Good, pattern: str) -> Iterator[tuple[str, Entry]]:
    """The image's files whose path matches `pattern`."""
    wanted = re.compile(pattern)
    return ((path, entry) for path, entry in good.image.tree.items() if entry.kind is Kind.FILE and wanted.search(path))


def sources(good: Good) -> Iterator[tuple[str, Entry]]:
    """The app's own modules, wherever they are installed."""
    name = good.service.replace("-", "_")
    for path, entry in files(good, r"\.py$"):
        if entry.owner.kind is OwnerKind.APP or entry.owner.name.replace("-", "_") in (name, "parcel_desk"):
            yield path, entry


def removed(name: str, path: str, *more: str) -> Fault:
    return Fault(kind=name, what=f"/{path} removed", remove=(path, *more))


def with_bytecode(good: Good, path: str) -> tuple[str, ...]:
    """A module's file and the bytecode of it."""
    folder, base = posixpath.split(path.removesuffix(".py"))
    pattern = rf"^{re.escape(folder)}/__pycache__/{re.escape(base)}\.cpython-\d+\.pyc$"
    return (path, *(found for found, _ in files(good, pattern)))


def environment(change: Callable[[dict[str, str]], None]) -> Callable[[dict[str, Any]], None]:
    def edit(config: dict[str, Any]) -> None:
        variables = dict(line.split("=", 1) for line in config.get("Env", []))
        change(variables)
        config["Env"] = [f"{name}={value}" for name, value in variables.items()]

    return edit


@kind("lazily imported module removed")
def _lazy_module(good: Good) -> Iterator[Fault]:
    for _, entry in sources(good):
        tree = ast.parse(entry.read())
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                names = (
                    [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                )
                for name in names:
                    tail = name.replace(".", "/")
                    for path, _ in files(good, rf"(?:^|/){re.escape(tail)}(?:/__init__)?\.py$"):
                        if tail:
                            yield Fault(kind="lazily imported module removed", what=f"{name} removed", remove=with_bytecode(good, path))


@kind("module of a distribution removed")
def _distribution_module(good: Good) -> Iterator[Fault]:
    for name in (
        "uvicorn/protocols/http/h11_impl",
        "jinja2/loaders",
        "gunicorn/workers/gthread",
        "starlette/templating",
        "werkzeug/formparser",
        "pymupdf/utils",
        "orjson/__init__",
    ):
        for path, _ in files(good, rf"/{name}\.py$"):
            yield Fault(kind="module of a distribution removed", what=f"/{path} removed", remove=with_bytecode(good, path))


@kind("module of the standard library removed")
def _stdlib_module(good: Good) -> Iterator[Fault]:
    for name in (
        "encodings/cp1252",
        "encodings/shift_jis",
        "gettext",
        "csv",
        "sqlite3/dbapi2",
        "email/mime/multipart",
        "secrets",
        "zoneinfo/_common",
        "colorsys",
    ):
        for path, _ in files(good, rf"lib/python3\.\d+/{name}\.py$"):
            yield Fault(kind="module of the standard library removed", what=f"{name} removed", remove=with_bytecode(good, path))


@kind("package data removed")
def _package_data(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"/(?:data|seed|migrations|certifi)/[^/]+\.(?:json|sql|pem|csv|txt)$"):
        yield removed("package data removed", path)
    for path, _ in files(good, r"/(?:babel/(?:global|locale-data/(?:de|es))\.dat|segno/.*\.json)$"):
        yield removed("package data removed", path)


@kind("metadata removed")
def _metadata(good: Good) -> Iterator[Fault]:
    for distribution in good.image.facts.distributions:
        if distribution.name in ("fastapi", "flask", "pydantic", "parcel-desk", "gunicorn", "uvicorn", "opentelemetry-api", "structlog", "pymupdf"):
            paths = tuple(path for path, entry in good.image.tree.under(distribution.metadata) if entry.kind is Kind.FILE)
            yield Fault(kind="metadata removed", what=f"the metadata of {distribution.name} removed", remove=paths)


@kind("entry point removed")
def _entry_point(good: Good) -> Iterator[Fault]:
    for path, entry in files(good, r"\.dist-info/entry_points\.txt$"):
        lines = entry.read().decode().splitlines()
        plugged = [line for line in lines if "=" in line and "carriers" in "".join(lines)]
        if plugged:
            rest = "\n".join(line for line in lines if line != plugged[0]) + "\n"
            yield Fault(kind="entry point removed", what=f"`{plugged[0]}` removed", write={path: File(rest.encode())})


@kind("library that is only loaded by name removed")
def _loaded_by_name(good: Good) -> Iterator[Fault]:
    needed = {name for elf in good.image.facts.elves.values() for name in elf.needed}
    for name in sorted(good.image.facts.libraries):
        for path, entry in good.image.tree.items():
            base = posixpath.basename(path)
            if base not in needed and re.fullmatch(rf"(?:lib)?{re.escape(name)}(?:\.so[.\d]*)?", base) and ".so" in base and entry.kind is not Kind.FOLDER:
                yield removed("library that is only loaded by name removed", path)


@kind("needed library removed")
def _needed_library(good: Good) -> Iterator[Fault]:
    for name in ("libpq.so.5", "libsqlite3.so.0", "libssl.so.3", "libtesseract.so.5", "libexpat.so.1", "libffi.so.8"):
        for path in good.image.tree:
            if posixpath.basename(path) == name:
                yield removed("needed library removed", path)


@kind("shared object truncated")
def _truncated(good: Good) -> Iterator[Fault]:
    for path, entry in files(
        good, r"(?:_checkdigit|_fast|_speedups|httptools/parser/parser|orjson|_pydantic_core|psycopg_c/_psycopg|_multiarray_umath)[^/]*\.so$"
    ):
        yield Fault(kind="shared object truncated", what=f"/{path} cut to half", write={path: File(entry.read()[: entry.size // 2], entry.mode)})


@kind("musl and glibc mixed")
def _musl(good: Good) -> Iterator[Fault]:
    for path, entry in files(good, r"site-packages/.*\.so$"):
        data = entry.read()
        if b"libc.so.6\0" in data and b"libmusl.c\0" not in data:
            yield Fault(
                kind="musl and glibc mixed", what=f"/{path} linked against musl", write={path: File(data.replace(b"libc.so.6\0", b"libc.musl\0"), entry.mode)}
            )


@kind("TLS roots removed")
def _roots(good: Good) -> Iterator[Fault]:
    for path, entry in files(good, r"etc/ssl/certs/ca-certificates\.crt$"):
        yield removed("TLS roots removed", path)
        yield Fault(
            kind="TLS roots removed",
            what=f"/{path} cut to three",
            write={path: File(b"-----END CERTIFICATE-----\n".join(entry.read().split(b"-----END CERTIFICATE-----\n")[:3]))},
        )


@kind("time zones removed")
def _zones(good: Good) -> Iterator[Fault]:
    for zone in ("US/Central", "Europe/Vienna", "Asia/Kolkata", "America/New_York"):
        found = [path for path in good.image.tree if path.endswith(f"zoneinfo/{zone}")]
        if found:
            yield Fault(kind="time zones removed", what=f"{zone} removed", remove=tuple(found))


@kind("media types removed")
def _media_types(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"etc/mime\.types$"):
        yield removed("media types removed", path)
        yield Fault(kind="media types removed", what=f"/{path} emptied", write={path: File(b"")})


@kind("template removed")
def _template(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"/templates/[^/]+\.html$"):
        if good.image.tree[path].owner.kind in (OwnerKind.APP, OwnerKind.DISTRIBUTION):
            yield removed("template removed", path)


@kind("static file removed")
def _static(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"/static/[^/]+\.(?:css|svg|m?js|webmanifest)$"):
        yield removed("static file removed", path)


@kind("translation removed")
def _translation(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"/LC_MESSAGES/[^/]+\.mo$"):
        yield removed("translation removed", path)


@kind("language data removed")
def _language(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"/tessdata/(?:spa|eng)\.traineddata$"):
        yield removed("language data removed", path)


@kind("program removed")
def _program(good: Good) -> Iterator[Fault]:
    for path, entry in good.image.tree.items():
        if re.fullmatch(r"usr/bin/(?:file|tesseract|zip|pdftotext|xz)", path) and entry.kind is not Kind.FOLDER:
            yield removed("program removed", path)


@kind("environment variable removed")
def _variable(good: Good) -> Iterator[Fault]:
    for name, value in good.image.config.environment:
        yield Fault(
            kind="environment variable removed", what=f"{name}={value} removed", config=environment(lambda variables, name=name: variables.pop(name, None))
        )  # type: ignore[misc]


@kind("order of PATH")
def _path(good: Good) -> Iterator[Fault]:
    def reverse(variables: dict[str, str]) -> None:
        variables["PATH"] = ":".join(reversed(variables["PATH"].split(":")))

    decoy = File(b"#!/usr/bin/python3\nraise SystemExit(3)\n", 0o755)
    program = good.image.config.command[0] if good.image.config.command else "python"
    yield Fault(kind="order of PATH", what=f"another `{program}` is found first", write={f"usr/bin/{program}": decoy}, config=environment(reverse))


@kind("executable bit lost")
def _mode(good: Good) -> Iterator[Fault]:
    for path in _programs(good):
        entry = good.image.tree[path]
        yield Fault(kind="executable bit lost", what=f"/{path} is not executable", write={path: File(entry.read(), 0o644)})


@kind("wrong interpreter line")
def _interpreter(good: Good) -> Iterator[Fault]:
    for path in _programs(good):
        data = good.image.tree[path].read()
        if data.startswith(b"#!"):
            yield Fault(
                kind="wrong interpreter line",
                what=f"/{path} asks for another Python",
                write={path: File(b"#!/usr/local/bin/python3.9\n" + data.partition(b"\n")[2], 0o755)},
            )


def _programs(good: Good) -> list[str]:
    word = next(iter((*good.image.config.entrypoint, *good.image.config.command)), "")
    names = {posixpath.basename(word), "file", "tesseract"}
    folders = dict(good.image.config.environment).get("PATH", "").split(":")
    return [
        target for folder in folders for name in sorted(names) if (target := good.image.tree.resolve(f"{folder}/{name}")) and good.image.tree[target].executable
    ]


@kind("dangling link")
def _link(good: Good) -> Iterator[Fault]:
    for path, entry in good.image.tree.items():
        if entry.kind is Kind.LINK and re.search(r"bin/python3?$", path):
            yield Fault(kind="dangling link", what=f"/{path} points nowhere", write={path: Link("/nowhere/python")})


@kind("writable folder of another owner")
def _owner(good: Good) -> Iterator[Fault]:
    for path, entry in good.image.tree.items():
        if entry.kind is Kind.FOLDER and entry.mode & 0o020 and path not in ("tmp", "var/tmp"):
            yield Fault(kind="writable folder of another owner", what=f"/{path} belongs to root alone", write={path: Folder(0o755)})


@kind("no place for temporary files")
def _temporary(good: Good) -> Iterator[Fault]:
    yield Fault(kind="no place for temporary files", what="/tmp is root's alone", write={"tmp": Folder(0o755), "var/tmp": Folder(0o755)})


@kind("command in shell form")
def _shell(good: Good) -> Iterator[Fault]:
    def wrap(config: dict[str, Any]) -> None:
        config["Cmd"] = ["/bin/sh", "-c", " ".join(config["Cmd"])]

    yield Fault(kind="command in shell form", what="the command runs below a shell that the image has not", config=wrap)

    def below_python(config: dict[str, Any]) -> None:
        code = "import subprocess,sys; sys.exit(subprocess.call(sys.argv[1:]))"
        config["Cmd"] = ["python3", "-c", code, *config["Cmd"]]

    yield Fault(kind="command in shell form", what="the command runs below a process that passes no signals on", config=below_python)


@kind("health check that says what is not so")
def _health(good: Good) -> Iterator[Fault]:
    if good.image.config.health is None:
        return

    def words(*test: str) -> Callable[[dict[str, Any]], None]:
        return lambda config: config["Healthcheck"].update(Test=["CMD", *test])

    yield Fault(kind="health check that says what is not so", what="it always says yes", config=words("python3", "-c", "pass"))
    yield Fault(kind="health check that says what is not so", what="it calls curl, which is not there", config=words("curl", "-f", "http://localhost/health"))
    yield Fault(
        kind="health check that says what is not so",
        what="it asks another port",
        config=words("python3", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:9/')"),
    )


@kind("another version of a distribution")
def _version(good: Good) -> Iterator[Fault]:
    for distribution in good.image.facts.distributions:
        for name, version in OTHER_VERSIONS:
            if distribution.name == name and (fault := _other_version(good, name, version)):
                yield fault


def _other_version(good: Good, name: str, version: str) -> Fault | None:
    distribution = next(each for each in good.image.facts.distributions if each.name == name)
    site = posixpath.dirname(distribution.metadata)
    with tempfile.TemporaryDirectory() as folder:
        words = [str(_UV), "pip", "install", "--quiet", "--no-deps", "--python-version", good.image.facts.python, "--target", folder, f"{name}=={version}"]
        if subprocess.run(words, capture_output=True, timeout=300, check=False).returncode != 0:
            return None
        new = {
            f"{site}/{path.relative_to(folder)}": File(path.read_bytes())
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file() and "/bin/" not in str(path)
        }
    old = [path for path in good.image.tree if good.image.tree[path].owner.name == name and path.startswith(site) and good.image.tree[path].kind is Kind.FILE]
    gone = tuple(path for path in old if path not in new)
    return Fault(kind="another version of a distribution", what=f"{name} {version} instead of {distribution.version}", remove=gone, write=new)


@kind("stale bytecode")
def _stale(good: Good) -> Iterator[Fault]:
    for path, entry in sources(good):
        for compiled in with_bytecode(good, path)[1:]:
            data = good.image.tree[compiled].read()
            if b"return" in entry.read() and (other := _other_code(good, data)):
                yield Fault(kind="stale bytecode", what=f"/{compiled} is of an older /{path}", write={compiled: File(other)})


def _other_code(good: Good, data: bytes) -> bytes | None:
    """The bytecode with one text of it changed, as of a source that was edited since."""
    for old, new in ((b"/health", b"/heilth"), (b"/items", b"/itums"), (b"/stations", b"/stutions"), (b"/parcels", b"/purcels"), (b"/jobs", b"/jibs")):
        if old in data and len(old) == len(new):
            return data[:16] + data[16:].replace(old, new)
    return None


@kind("output lost in a buffer")
def _buffered(good: Good) -> Iterator[Fault]:
    def wrap(config: dict[str, Any]) -> None:
        code = (
            "import os,sys,subprocess,threading\n"
            "child=subprocess.Popen(sys.argv[1:],stdout=subprocess.PIPE,stderr=subprocess.STDOUT)\n"
            "import signal\n"
            "signal.signal(signal.SIGTERM,lambda *_: child.terminate())\n"
            "out=open(1,'wb',1<<16,closefd=False)\n"
            "for line in child.stdout: out.write(line)\n"
            "out.flush()\n"
            "sys.exit(child.wait())\n"
        )
        config["Cmd"] = ["python3", "-c", code, *config["Cmd"]]

    yield Fault(kind="output lost in a buffer", what="the log goes through a buffer of 64 KiB", config=wrap)


@kind("SIGTERM ignored")
def _signal(good: Good) -> Iterator[Fault]:
    def ignore(config: dict[str, Any]) -> None:
        config["StopSignal"] = "SIGURG"

    def wrap(config: dict[str, Any]) -> None:
        code = "import subprocess,signal,sys; signal.signal(signal.SIGTERM,signal.SIG_IGN); sys.exit(subprocess.call(sys.argv[1:],preexec_fn=lambda: None))"
        config["Cmd"] = ["python3", "-c", code, *config["Cmd"]]

    yield Fault(kind="SIGTERM ignored", what="the stop signal is one that nobody listens to", config=ignore)
    yield Fault(kind="SIGTERM ignored", what="process 1 ignores SIGTERM and starts the service below", config=wrap)


@kind("another port")
def _port(good: Good) -> Iterator[Fault]:
    def change(config: dict[str, Any]) -> None:
        config["Env"] = [*config["Env"], "PORT=9191"]
        config["Cmd"] = [re.sub(r"^(?:8000|8080|9000)$|(?<=:)(?:8000|8080|9000)$", "9191", word) for word in config["Cmd"]]

    yield Fault(kind="another port", what="it listens on 9191", config=change)


@kind("listens on loopback only")
def _loopback(good: Good) -> Iterator[Fault]:
    def change(config: dict[str, Any]) -> None:
        config["Cmd"] = [word.replace("0.0.0.0", "127.0.0.1") for word in config["Cmd"]]

    if any("0.0.0.0" in word for word in good.image.config.command):
        yield Fault(kind="listens on loopback only", what="it listens on 127.0.0.1", config=change)


@kind("working directory")
def _directory(good: Good) -> Iterator[Fault]:
    yield Fault(kind="working directory", what="it starts in /", config=lambda config: config.update(WorkingDir="/"))


@kind("line of the app changed")
def _line(good: Good) -> Iterator[Fault]:
    for path, entry in sources(good):
        text = entry.read().decode()
        for old, new in (("== ", "!= "), (" + 1", " + 2"), ("200", "201"), ("not ", "")):
            if old in text:
                gone = with_bytecode(good, path)[1:]
                yield Fault(
                    kind="line of the app changed",
                    what=f"`{old.strip()}` to `{new.strip()}` in /{path}",
                    remove=gone,
                    write={path: File(text.replace(old, new, 1).encode())},
                )
                break


@kind("accounts removed")
def _accounts(good: Good) -> Iterator[Fault]:
    yield removed("accounts removed", "etc/passwd")


@kind("character converters removed")
def _codecs(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"lib-dynload/_codecs_(?:jp|cn|kr)\.[^/]+\.so$"):
        yield removed("character converters removed", path)


@kind("dynamic module of the standard library removed")
def _dynload(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"lib-dynload/(?:_sqlite3|_multiprocessing|_posixshmem|_decimal|_hashlib|_ssl|_asyncio|_zoneinfo|_csv|_ctypes)\.[^/]+\.so$"):
        yield removed("dynamic module of the standard library removed", path)
