"""A Debian archive for tests: packages made by hand, releases signed with a throw-away key, a mirror on the loopback."""

import gzip
import hashlib
import io
import lzma
import tarfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pysequoia
import zstandard

NOW = datetime(2026, 9, 20, 12, 0, tzinfo=UTC)
PACKERS = {"": bytes, ".gz": lambda data: gzip.compress(data, mtime=0), ".xz": lzma.compress, ".zst": lambda data: zstandard.ZstdCompressor().compress(data)}


def tar_member(name, content=b"", *, kind=tarfile.REGTYPE, mode=0o644, link="", size=None):
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.linkname = kind, mode, link
    info.size = len(content) if size is None else size
    return info, content


def tar_of(*members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def ar_of(*members):
    parts = [b"!<arch>\n"]
    for name, content in members:
        parts.append(f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode() + content + b"\n" * (len(content) % 2))
    return b"".join(parts)


def control_of(name="thing", version="1.0", **fields):
    lines = [f"Package: {name}", f"Version: {version}"] + [f"{key.replace('_', '-')}: {value}" for key, value in ({"Architecture": "amd64"} | fields).items()]
    return "\n".join(lines) + "\n"


def deb_of(*members, control=None, scripts=None, packer=".xz", data=None, data_name=None, control_packer=".xz"):
    """The bytes of a .deb with `members` (of `tar_member`) in its data.tar."""
    files = {"control": (control or control_of()).encode(), **(scripts or {})}
    control_tar = tar_of(tar_member("./", kind=tarfile.DIRTYPE, mode=0o755), *(tar_member(f"./{name}", content) for name, content in files.items()))
    return ar_of(
        ("debian-binary", b"2.0\n"),
        (f"control.tar{control_packer}", PACKERS[control_packer](control_tar)),
        (data_name or f"data.tar{packer}", PACKERS[packer](tar_of(*members)) if data is None else data),
    )


def stanza_of(name, version="1.0", *, content=b"", architecture="amd64", **fields):
    """A stanza of a Packages file for a .deb with the bytes `content`."""
    path = f"pool/main/{name[0]}/{name}/{name}_{version.replace(':', '%3a')}_{architecture}.deb"
    rows = {"Filename": path, "Size": len(content), "SHA256": hashlib.sha256(content).hexdigest()}
    return control_of(name, version, Architecture=architecture, **fields) + "".join(f"{key}: {value}\n" for key, value in rows.items())


@dataclass
class Key:
    """A throw-away signing key; `keyring` writes its public half."""

    secret: pysequoia.Tsk = field(default_factory=lambda: pysequoia.Tsk.generate("Test archive <archive@example.org>"))

    def keyring(self, path: Path) -> Path:
        path.write_bytes(bytes(self.secret.extract_certificate()))
        return path

    def clear_signed(self, text: str) -> bytes:
        return pysequoia.sign(self.secret.signer(), text.encode(), mode=pysequoia.SignatureMode.CLEAR)


class Mirror:
    """A web server for tests. `files` by path; `requests` are (path, Range header or None) in their order.

    `cuts[path]` is a list of byte counts: each request for the path takes one, and its answer breaks off after so many bytes.
    `statuses[path]` is a list of status codes that are answered before the file is. `delays[path]` are seconds before any answer.
    """

    def __init__(self):
        self.files = {}
        self.requests = []
        self.cuts = {}
        self.statuses = {}
        self.delays = {}
        self.ranges = True
        self.lengths = True
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                mirror.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request):
        wanted = request.headers.get("Range")
        self.requests.append((request.path, wanted))
        time.sleep(self.delays.get(request.path, 0))
        statuses = self.statuses.get(request.path, [])
        content = self.files.get(request.path)
        status = statuses.pop(0) if statuses else 200 if content is not None else 404
        if status != 200:
            content = b""
        tag = '"' + hashlib.sha256(content).hexdigest() + '"'
        if status == 200 and request.headers.get("If-None-Match") == tag:
            request.send_response(304)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        offset = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        if offset:
            status = 206 if offset < len(content) else 416
        body = content[offset:]
        request.send_response(status)
        request.send_header("ETag", tag)
        if status == 206:
            request.send_header("Content-Range", f"bytes {offset}-{len(content) - 1}/{len(content)}")
        if self.lengths:
            request.send_header("Content-Length", str(len(body)))
        else:
            request.send_header("Connection", "close")
        request.end_headers()
        cuts = self.cuts.get(request.path, [])
        if cuts:
            request.wfile.write(body[: cuts.pop(0)])
            request.close_connection = True
        else:
            request.wfile.write(body)
            request.close_connection = not self.lengths

    def asked(self, ending):
        """The Range headers of the requests for paths that end so."""
        return [wanted for path, wanted in self.requests if path.endswith(ending)]

    def publish(self, key, *, suite="trixie", main=(), updates=(), security=(), valid=timedelta(days=7), architecture="amd64", codename=None):
        """Serve the three releases of `suite` with these stanzas, signed with `key`; by-hash addresses too."""
        parts = [("debian", suite, main, None), ("debian", f"{suite}-updates", updates, valid), ("debian-security", f"{suite}-security", security, valid)]
        for archive, name, stanzas, valid_for in parts:
            plain = "\n".join(stanzas).encode()
            packed = lzma.compress(plain)
            folder, place = f"/{archive}/dists/{name}", f"main/binary-{architecture}"
            rows = [(place + "/Packages", plain), (place + "/Packages.xz", packed)]
            lines = [
                f"Codename: {codename or name}",
                f"Date: {format_datetime(NOW - timedelta(days=3))}",
                f"Architectures: all {architecture}",
                "Acquire-By-Hash: yes",
            ]
            if valid_for is not None:
                lines.append(f"Valid-Until: {format_datetime(NOW - timedelta(days=3) + valid_for)}")
            lines += ["SHA256:", *(f" {hashlib.sha256(content).hexdigest()} {len(content)} {path}" for path, content in rows)]
            self.files[f"{folder}/InRelease"] = key.clear_signed("\n".join(lines) + "\n")
            self.files[f"{folder}/{place}/Packages.xz"] = packed
            self.files[f"{folder}/{place}/by-hash/SHA256/{hashlib.sha256(packed).hexdigest()}"] = packed
