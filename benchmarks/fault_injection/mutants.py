"""A good image with one thing changed, written as an image file of its own: the good one's layers, one more on top, another configuration."""

import copy
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paredown.probes.interface import Image


@dataclass(frozen=True, slots=True)
class File:
    """Bytes to put at a path."""

    data: bytes
    mode: int = 0o644
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link to put at a path."""

    target: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with other rights."""

    mode: int
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to break an image: what kind of fault, what exactly, and the change. `config` edits the JSON object `config` of the image in place."""

    kind: str
    what: str
    remove: tuple[str, ...] = ()
    write: Mapping[str, File | Link | Folder] = field(default_factory=dict)
    config: Callable[[dict[str, Any]], None] | None = None


@dataclass(frozen=True, slots=True)
class Good:
    """A service's good image: opened, the layout folder that its mutants are made from, and the behaviours that it does not have to begin with."""

    service: str
    image: Image
    layout: Path
    wrong: frozenset[str] = frozenset()


def write_mutant(good: Good, fault: Fault, folder: Path) -> None:
    """The OCI layout of `good` with `fault`, in `folder`; its blobs are links to the good one's."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    for blob in (good.layout / "blobs" / "sha256").iterdir():
        (blobs / blob.name).hardlink_to(blob)
    index = json.loads((good.layout / "index.json").read_bytes())
    manifest = json.loads(_blob(blobs, index["manifests"][0]["digest"]).read_bytes())
    config = copy.deepcopy(json.loads(_blob(blobs, manifest["config"]["digest"]).read_bytes()))
    layer = _layer(fault)
    if layer:
        manifest["layers"].append({"mediaType": "application/vnd.oci.image.layer.v1.tar", **_added(blobs, layer)})
        config["rootfs"]["diff_ids"].append(f"sha256:{hashlib.sha256(layer).hexdigest()}")
        config["history"].append({"created_by": "fault"})
    if fault.config is not None:
        fault.config(config["config"])
    manifest["config"] |= _added(blobs, json.dumps(config).encode())
    index["manifests"] = [{"mediaType": manifest["mediaType"], **_added(blobs, json.dumps(manifest).encode())}]
    (folder / "index.json").write_text(json.dumps(index), "utf-8")
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}', "utf-8")


def _blob(blobs: Path, digest: str) -> Path:
    return blobs / digest.removeprefix("sha256:")


def _added(blobs: Path, data: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    (blobs / digest).write_bytes(data) if not (blobs / digest).exists() else None
    return {"digest": f"sha256:{digest}", "size": len(data)}


def _layer(fault: Fault) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for path in fault.remove:
            name = Path(path)
            tar.addfile(tarfile.TarInfo(str(name.with_name(f".wh.{name.name}"))))
        for path, what in fault.write.items():
            info = tarfile.TarInfo(path)
            match what:
                case File(data, mode, uid, gid):
                    info.size, info.mode, info.uid, info.gid = len(data), mode, uid, gid
                    tar.addfile(info, io.BytesIO(data))
                case Link(target):
                    info.type, info.linkname = tarfile.SYMTYPE, target
                    tar.addfile(info)
                case Folder(mode, uid, gid):
                    info.type, info.mode, info.uid, info.gid = tarfile.DIRTYPE, mode, uid, gid
                    tar.addfile(info)
    return stream.getvalue() if fault.remove or fault.write else b""
