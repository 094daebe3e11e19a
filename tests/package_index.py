"""Wheels made by hand, and a package index on the loopback device that serves them, or misbehaves."""

import base64
import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def wheel_of(name: str, version: str, files: Mapping[str, bytes], *, tag: str = "py3-none-any", metadata: str = "", entry_points: str = "") -> bytes:
    """A wheel with `files`; keys below `{name}-{version}.data/` go where the wheel specification says."""
    folder = f"{name}-{version}.dist-info"
    everything = {
        **files,
        f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}".encode(),
        f"{folder}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    if entry_points:
        everything[f"{folder}/entry_points.txt"] = entry_points.encode()
    rows = [f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}" for path, data in everything.items()]
    everything[f"{folder}/RECORD"] = "\n".join([*rows, f"{folder}/RECORD,,", ""]).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in everything.items():
            archive.writestr(path, data)
    return out.getvalue()


@dataclass
class PackageIndex:
    """What it serves (file name -> bytes), under `url`; names in `cut` end in mid-file, those in `swapped` have other bytes than announced."""

    files: dict[str, bytes] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    swapped: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    host: str = ""

    @property
    def simple(self) -> str:
        return f"http://{self.host}/simple"

    def add(self, filename: str, data: bytes) -> str:
        """Serve `data`; its address."""
        self.files[filename] = data
        return f"http://{self.host}/files/{filename}"

    def pylock(self, *names: str) -> str:
        """A pylock of the named packages, with all their files."""
        lines = ['lock-version = "1.0"', 'created-by = "test"']
        for name in names:
            files = {file: data for file, data in self.files.items() if file.split("-")[0].replace("_", "-") == name}
            version = next(iter(files)).removesuffix(".tar.gz").split("-")[1]
            lines += ["", "[[packages]]", f'name = "{name}"', f'version = "{version}"']
            rows = [f'{{ url = "http://{self.host}/files/{f}", hashes = {{ sha256 = "{hashlib.sha256(d).hexdigest()}" }} }}' for f, d in sorted(files.items())]
            wheels = [row for row in rows if '.whl"' in row]
            lines += [f"sdist = {row}" for row in rows if '.tar.gz"' in row]
            lines += [f"wheels = [{', '.join(wheels)}]"] if wheels else []
        return "\n".join(lines) + "\n"


@contextmanager
def serving() -> Iterator[PackageIndex]:
    """A running index with nothing in it yet."""
    index = PackageIndex()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            index.asked.append(self.path)
            place, _, name = self.path.strip("/").partition("/")
            if place == "files" and name in index.files:
                self._send(index.swapped.get(name, index.files[name]), "application/octet-stream", cut=name in index.cut)
            elif place == "simple" and any(self._is(file, name) for file in index.files):
                links = [
                    f'<a href="/files/{file}#sha256={hashlib.sha256(data).hexdigest()}">{file}</a>'
                    for file, data in index.files.items()
                    if self._is(file, name)
                ]
                self._send(f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode(), "text/html")
            else:
                self.send_error(404)

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def _is(self, file: str, name: str) -> bool:
            return file.split("-", maxsplit=1)[0].replace("_", "-") == name

        def _send(self, data: bytes, kind: str, *, cut: bool = False) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Cache-Control", "max-age=600")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if cut else data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    index.host = f"127.0.0.1:{server.server_address[1]}"
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
