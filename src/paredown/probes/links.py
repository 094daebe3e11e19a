"""Symbolic links that lead to something, so that a file taken away under one is noticed."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator

from paredown.probes.app_files import app_folders
from paredown.probes.installed import import_folders
from paredown.probes.interface import Image, Seen
from paredown.result import Observation
from paredown.tree import Kind

NAME = "links"

# The first that fits names the place. Two good images have other links each, so it is places that are compared and not links.
_PLACES = (
    ("programs", ("usr/bin/", "usr/sbin/", "usr/local/bin/", "usr/local/sbin/", "bin/", "sbin/", "etc/alternatives/")),
    ("time zones", ("usr/share/zoneinfo/", "etc/localtime", "etc/timezone")),
    ("certificates", ("etc/ssl/", "etc/pki/", "usr/lib/ssl/", "usr/share/ca-certificates/", "usr/local/share/ca-certificates/")),
    ("settings", ("etc/",)),
    ("Python", ("usr/lib/python3", "usr/local/lib/python3")),
    ("libraries", ("usr/lib/", "usr/local/lib/", "usr/lib64/", "lib/", "lib64/")),
    ("shared data", ("usr/share/", "usr/local/share/")),
)
_ELSEWHERE = "elsewhere"
# Made when a container starts, or read by people and by an init system that no container has.
_NOT_AT_REST = ("proc/", "dev/", "sys/", "run/", "var/run/", "tmp/")
_UNREAD = ("usr/share/man/", "usr/share/doc/", "usr/share/info/", "usr/share/locale/", "usr/lib/systemd/", "lib/systemd/", "etc/systemd/", "usr/share/icons/")


def observe(image: Image) -> Iterator[Seen]:
    """One observation for each place, with all links there that lead nowhere."""
    broken: dict[str, list[str]] = defaultdict(list)
    own = (("app files", tuple(f"{folder}/" for folder in app_folders(image))), ("distributions", tuple(f"{folder}/" for folder in import_folders(image))))
    places = (*own, *_PLACES)
    for path, entry in image.tree.items():
        if entry.kind is not Kind.LINK or path.startswith(_UNREAD) or image.tree.resolve(path) is not None:
            continue
        target = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), entry.target)).lstrip("/")
        if f"{target}/".startswith((*_NOT_AT_REST, *_UNREAD)):
            continue
        reason = "goes in circles" if target in image.tree and image.tree[target].kind is Kind.LINK else f"leads to /{target}, which is not there"
        broken[next((name for name, prefixes in places if prefixes and path.startswith(prefixes)), _ELSEWHERE)].append(f"/{path} {reason}")
    for name in (*(name for name, _ in places), _ELSEWHERE):
        yield Observation(probe=NAME, key=name, value="; ".join(broken[name]) or None, kept=True)
