"""Kinds of faults in which something is not in the image that somebody needs, or only thinks of at run time."""

import ast
import posixpath
import re
from collections.abc import Iterator

from benchmarks.fault_injection.faults import files, kind, names, sources, with_bytecode
from benchmarks.fault_injection.mutants import Fault, File, Good
from paredown.tree import Kind

# What each service comes to need only when it is asked something.
_OF_DISTRIBUTIONS = {
    "lightweight-app": ("uvicorn/lifespan/on", "python_multipart/multipart", "jinja2/loaders"),
    "port-env-app": ("gunicorn/workers/gthread", "segno/encoder", "werkzeug/formparser"),
    "forecast-api": ("uvicorn/protocols/http/httptools_impl", "uvicorn/loops/uvloop", "orjson/__init__"),
    "ocr-backend": ("uvicorn/protocols/http/h11_impl", "babel/units", "pytesseract/pytesseract"),
}
_OF_THE_LIBRARY = {
    "lightweight-app": ("zoneinfo/_tzpath", "html/__init__"),
    "port-env-app": ("multiprocessing/popen_spawn_posix", "encodings/shift_jis", "encodings/cp1252", "csv"),
    "forecast-api": ("gzip", "secrets"),
    "ocr-backend": ("sqlite3/dbapi2", "xml/etree/ElementTree"),
}
_DYNAMIC = {
    "lightweight-app": ("_zoneinfo", "_ssl"),
    "port-env-app": ("_posixshmem", "_codecs_kr", "_codecs_jp", "_sqlite3"),
    "forecast-api": ("_uuid", "_ssl"),
    "ocr-backend": ("_sqlite3", "_ctypes"),
}
_NEEDED = {
    "lightweight-app": ("libssl.so.3", "libyaml-0.so.2"),
    "port-env-app": ("libsqlite3.so.0", "libssl.so.3"),
    "forecast-api": ("libpq.so.5", "libldap-2.5.so.0"),
    "ocr-backend": ("libmagic.so.1", "libtesseract.so.5"),
}


def removed(name: str, path: str, *more: str) -> Fault:
    return Fault(kind=name, what=f"/{path} removed", remove=(path, *more))


@kind("lazily imported module removed")
def _lazy_module(good: Good) -> Iterator[Fault]:
    seen: set[str] = set()
    for _, entry in sources(good):
        functions = [node for node in ast.walk(ast.parse(entry.read())) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        for node in (inner for function in functions for inner in ast.walk(function)):
            match node:
                case ast.Import(names=aliases):
                    modules = [alias.name for alias in aliases]
                case ast.ImportFrom(module=str(module), names=aliases):
                    modules = [*(f"{module}.{alias.name}" for alias in aliases), *([module] if "." in module else [])]
                case _:
                    continue
            for module in modules:
                for path, _ in files(good, rf"(?:^|/){module.replace('.', '/')}(?:/__init__)?\.py$") if module not in seen else ():
                    seen.add(module)
                    yield Fault(kind="lazily imported module removed", what=f"{module} removed", remove=with_bytecode(good, path))


@kind("module of a distribution removed")
def _distribution_module(good: Good) -> Iterator[Fault]:
    for name in _OF_DISTRIBUTIONS[good.service]:
        for path, _ in files(good, rf"-packages/{name}\.py$"):
            yield Fault(kind="module of a distribution removed", what=f"{name} removed", remove=with_bytecode(good, path))


@kind("module of the standard library removed")
def _library_module(good: Good) -> Iterator[Fault]:
    for name in _OF_THE_LIBRARY[good.service]:
        for path, _ in files(good, rf"lib/python3\.\d+/{name}\.py$"):
            yield Fault(kind="module of the standard library removed", what=f"{name} removed", remove=with_bytecode(good, path))


@kind("dynamic module of the standard library removed")
def _dynamic_module(good: Good) -> Iterator[Fault]:
    for name in _DYNAMIC[good.service]:
        for path, _ in files(good, rf"lib-dynload/{name}\.[^/]+\.so$"):
            yield removed("dynamic module of the standard library removed", path)


@kind("package data removed")
def _package_data(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"(?:/(?:data|seed|migrations)/[^/]+\.(?:json|sql|csv)|babel/global\.dat)$"):
        yield removed("package data removed", path)


@kind("metadata removed")
def _metadata(good: Good) -> Iterator[Fault]:
    for distribution in sorted(good.image.facts.distributions, key=lambda each: each.name != "parcel-desk"):
        if distribution.name in ("flask", "parcel-desk", "structlog", "pymupdf"):
            paths = tuple(path for path, entry in good.image.tree.under(distribution.metadata) if entry.kind is Kind.FILE)
            yield Fault(kind="metadata removed", what=f"the metadata of {distribution.name} removed", remove=paths)


@kind("entry point removed")
def _entry_point(good: Good) -> Iterator[Fault]:
    for path, entry in files(good, r"\.dist-info/entry_points\.txt$"):
        lines = entry.read().decode().splitlines()
        for plugged in lines:
            if "=" in plugged and re.search("carriers", plugged):
                rest = "\n".join(line for line in lines if line != plugged) + "\n"
                yield Fault(kind="entry point removed", what=f"`{plugged}` removed", write={path: File(rest.encode())})


@kind("library that is only loaded by name removed")
def _loaded_by_name(good: Good) -> Iterator[Fault]:
    texts = "\n".join(entry.read().decode() for _, entry in sources(good))
    for name in re.findall(r'(?:CDLL|find_library)\("(?:lib)?([\w+-]+)[\w.]*"\)', texts):
        paths = [path for path in good.image.tree if re.search(rf"/lib{re.escape(name)}\.so[.\d]*$", path)]
        if paths:
            yield removed("library that is only loaded by name removed", *paths)


@kind("needed library removed")
def _needed_library(good: Good) -> Iterator[Fault]:
    for name in _NEEDED[good.service]:
        for path in good.image.tree:
            if posixpath.basename(path) == name:
                yield removed("needed library removed", path)


@kind("TLS roots removed")
def _roots(good: Good) -> Iterator[Fault]:
    for path, entry in files(good, r"etc/ssl/certs/ca-certificates\.crt$"):
        if names(good, b"ssl"):
            three = b"-----END CERTIFICATE-----\n".join(entry.read().split(b"-----END CERTIFICATE-----\n")[:3])
            yield Fault(kind="TLS roots removed", what=f"/{path} cut to three", write={path: File(three)})
            yield removed("TLS roots removed", path)


@kind("time zones removed")
def _zones(good: Good) -> Iterator[Fault]:
    for zone in ("US/Central", "US/Hawaii", "Asia/Kolkata", "America/New_York", "Asia/Kathmandu", "America/Chicago"):
        found = [path for path in good.image.tree if path.endswith(f"zoneinfo/{zone}")]
        if found and names(good, b"import ZoneInfo"):
            yield Fault(kind="time zones removed", what=f"{zone} removed", remove=tuple(found))


@kind("media types removed")
def _media_types(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"etc/mime\.types$"):
        if names(good, b"import mimetypes"):
            yield removed("media types removed", path)
            yield Fault(kind="media types removed", what=f"/{path} emptied", write={path: File(b"")})


@kind("template removed")
def _template(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"(?:^app/.*|parcel_desk)/templates/[^/]+\.html$"):
        yield removed("template removed", path)


@kind("static file removed")
def _static(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"(?:^app/.*|parcel_desk)/static/[^/]+$"):
        yield removed("static file removed", path)


@kind("translation removed")
def _translation(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"parcel_desk/.*/LC_MESSAGES/[^/]+\.mo$"):
        yield removed("translation removed", path)


@kind("data of a locale removed")
def _locale(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"/babel/locale-data/(?:de|es)\.dat$"):
        yield removed("data of a locale removed", path)


@kind("language data removed")
def _language(good: Good) -> Iterator[Fault]:
    for path, _ in files(good, r"/tessdata/(?:spa|eng)\.traineddata$"):
        yield removed("language data removed", path)


@kind("program removed")
def _program(good: Good) -> Iterator[Fault]:
    for path, entry in good.image.tree.items():
        if re.fullmatch(r"usr/bin/(?:file|tesseract)", path) and entry.kind is not Kind.FOLDER:
            yield removed("program removed", path)


@kind("accounts removed")
def _accounts(good: Good) -> Iterator[Fault]:
    yield removed("accounts removed", "etc/passwd")
