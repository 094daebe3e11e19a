"""Descriptors, manifests, indexes and image configurations as values, as the OCI image specification 1.1 has them."""

import json
from dataclasses import dataclass
from typing import Any

from paredown.oci.foreign_json import Node, canonical, parsed
from paredown.tree import digest_of

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
LAYER_GZIP = LAYER + "+gzip"
LAYER_ZSTD = LAYER + "+zstd"

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
MANIFESTS = frozenset({MANIFEST, DOCKER_MANIFEST})
INDEXES = frozenset({INDEX, DOCKER_INDEX})

REF_NAME = "org.opencontainers.image.ref.name"
CONTAINERD_NAME = "io.containerd.image.name"

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePlatform:
    """What an image runs on, by Go's names."""

    architecture: str
    os: str = "linux"
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """Points at a blob: what it is, its digest, its size in bytes."""

    media_type: str
    digest: str
    size: int
    platform: ImagePlatform | None = None
    annotations: Pairs = ()

    def to_json(self) -> dict[str, Any]:
        value: dict[str, Any] = {"mediaType": self.media_type, "digest": self.digest, "size": self.size}
        if self.platform is not None:
            platform = {"architecture": self.platform.architecture, "os": self.platform.os, "variant": self.platform.variant}
            value["platform"] = {key: text for key, text in platform.items() if text}
        if self.annotations:
            value["annotations"] = dict(self.annotations)
        return value


def descriptor_of(media_type: str, data: bytes, *, platform: ImagePlatform | None = None, annotations: Pairs = ()) -> Descriptor:
    """The descriptor of the document `data`."""
    return Descriptor(media_type=media_type, digest=digest_of(data), size=len(data), platform=platform, annotations=annotations)


def read_descriptor(node: Node) -> Descriptor:
    """The descriptor at `node`; BrokenArchiveError names the key that is wrong."""
    platform = node / "platform"
    return Descriptor(
        media_type=(node / "mediaType").text(),
        digest=(node / "digest").digest(),
        size=(node / "size").number(),
        platform=None if platform.value is None else read_platform(platform),
        annotations=(node / "annotations").pairs(),
    )


def read_platform(node: Node) -> ImagePlatform:
    """The platform that the object at `node` names; a missing architecture is `unknown`, as in attestations."""
    return ImagePlatform(architecture=(node / "architecture").text("unknown"), os=(node / "os").text("linux"), variant=(node / "variant").text(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One platform's image: its configuration and its layers, the lowest first."""

    config: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: Pairs = ()

    def to_bytes(self) -> bytes:
        value: dict[str, Any] = {"schemaVersion": 2, "mediaType": MANIFEST, "config": self.config.to_json(), "layers": [d.to_json() for d in self.layers]}
        if self.annotations:
            value["annotations"] = dict(self.annotations)
        return canonical(value)


def read_manifest(data: bytes, name: str) -> Manifest:
    """The manifest in `data`; `name` is how errors call it."""
    node = parsed(data, name)
    return Manifest(
        config=read_descriptor(node / "config"),
        layers=tuple(read_descriptor(item) for item in (node / "layers").items()),
        annotations=(node / "annotations").pairs(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Manifests, mostly one for each platform."""

    manifests: tuple[Descriptor, ...]
    annotations: Pairs = ()

    def to_bytes(self) -> bytes:
        value: dict[str, Any] = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [d.to_json() for d in self.manifests]}
        if self.annotations:
            value["annotations"] = dict(self.annotations)
        return canonical(value)


def read_index(data: bytes, name: str) -> Index:
    """The index in `data`; `name` is how errors call it."""
    node = parsed(data, name)
    return Index(manifests=tuple(read_descriptor(item) for item in (node / "manifests").items()), annotations=(node / "annotations").pairs())


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthTest:
    """Docker's health check; `test` starts with CMD, CMD-SHELL or NONE, times are nanoseconds and 0 is the engine's default."""

    test: tuple[str, ...]
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    start_interval: int = 0
    retries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How one layer (or, with `empty_layer`, only the configuration) came about."""

    created: str = ""
    created_by: str = ""
    author: str = ""
    comment: str = ""
    empty_layer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageConfig:
    """How an image starts. `ports` are like `8000/tcp`; `created` is RFC 3339.

    `reserved` keeps what `config` holds beyond the specification (`OnBuild`, `Shell`, `ArgsEscaped`, ...): key and JSON text.
    """

    platform: ImagePlatform
    created: str = ""
    author: str = ""
    user: str = ""
    environment: Pairs = ()
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    working_directory: str = ""
    ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    labels: Pairs = ()
    stop_signal: str = ""
    health: HealthTest | None = None
    reserved: Pairs = ()
    diff_ids: tuple[str, ...] = ()
    history: tuple[History, ...] = ()

    def to_bytes(self) -> bytes:
        """The canonical JSON; variables keep their order."""
        config: dict[str, Any] = {key: json.loads(text) for key, text in self.reserved}
        config |= {
            "User": self.user,
            "Env": [f"{name}={value}" for name, value in self.environment],
            "Entrypoint": list(self.entrypoint),
            "Cmd": list(self.command),
            "WorkingDir": self.working_directory,
            "ExposedPorts": {port: {} for port in self.ports},
            "Volumes": {volume: {} for volume in self.volumes},
            "Labels": dict(self.labels),
            "StopSignal": self.stop_signal,
        }
        if self.health is not None:
            config["Healthcheck"] = _health_json(self.health)
        value: dict[str, Any] = {
            "created": self.created,
            "author": self.author,
            "architecture": self.platform.architecture,
            "os": self.platform.os,
            "variant": self.platform.variant,
            "config": _filled(config),
        }
        rootfs = {"type": "layers", "diff_ids": list(self.diff_ids)}
        return canonical({**_filled(value), "rootfs": rootfs, "history": [_history_json(entry) for entry in self.history]})


_KNOWN = frozenset({"User", "Env", "Entrypoint", "Cmd", "WorkingDir", "ExposedPorts", "Volumes", "Labels", "StopSignal", "Healthcheck"})


def read_config(data: bytes, name: str) -> ImageConfig:
    """The configuration in `data`; `name` is how errors call it."""
    node = parsed(data, name)
    config = node / "config"
    health = config / "Healthcheck"
    # What Docker stored of the container that made the image is not part of the image.
    reserved = tuple(sorted((key, canonical(item.value).decode()) for key, item in config.members() if key not in _KNOWN and _says_something(item.value)))
    return ImageConfig(
        platform=read_platform(node),
        created=(node / "created").text(""),
        author=(node / "author").text(""),
        user=(config / "User").text(""),
        environment=tuple(_variable(item) for item in (config / "Env").items()),
        entrypoint=(config / "Entrypoint").texts(),
        command=(config / "Cmd").texts(),
        working_directory=(config / "WorkingDir").text(""),
        ports=(config / "ExposedPorts").keys(),
        volumes=(config / "Volumes").keys(),
        labels=(config / "Labels").pairs(),
        stop_signal=(config / "StopSignal").text(""),
        health=None if health.value is None else _read_health(health),
        reserved=reserved,
        diff_ids=tuple(item.digest() for item in (node / "rootfs" / "diff_ids").items()),
        history=tuple(_read_history(item) for item in (node / "history").items()),
    )


def _says_something(value: Any) -> bool:
    # Docker's writers spell out every field they know; those that are null, false or empty mean nothing.
    return value not in (None, False, "", [], {})


def _filled(value: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if _says_something(item) or key == "config"}


def _variable(node: Node) -> tuple[str, str]:
    name, _, value = node.text().partition("=")
    return name, value


_HEALTH_KEYS = (("Interval", "interval"), ("Timeout", "timeout"), ("StartPeriod", "start_period"), ("StartInterval", "start_interval"), ("Retries", "retries"))


def _health_json(health: HealthTest) -> dict[str, Any]:
    numbers = {key: getattr(health, field) for key, field in _HEALTH_KEYS}
    return {"Test": list(health.test), **{key: number for key, number in numbers.items() if number}}


def _read_health(node: Node) -> HealthTest:
    return HealthTest(test=(node / "Test").texts(), **{field: (node / key).number(0) for key, field in _HEALTH_KEYS})


def _history_json(entry: History) -> dict[str, Any]:
    value = {"created": entry.created, "created_by": entry.created_by, "author": entry.author, "comment": entry.comment, "empty_layer": entry.empty_layer}
    return {key: item for key, item in value.items() if item}


def _read_history(node: Node) -> History:
    return History(
        created=(node / "created").text(""),
        created_by=(node / "created_by").text(""),
        author=(node / "author").text(""),
        comment=(node / "comment").text(""),
        empty_layer=(node / "empty_layer").flag(),
    )
