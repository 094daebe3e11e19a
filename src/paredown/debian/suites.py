"""A suite's releases and package indexes from a mirror: asked whether they changed, verified, and kept."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import httpx
from pysequoia import Cert

from paredown.debian import release, signature
from paredown.debian.download import Wanted, client, download, side_by_side
from paredown.debian.index import Section, kept_section
from paredown.debian.release import Part, Release
from paredown.errors import UserError, WorldError
from paredown.progress import Progress
from paredown.store import Store
from paredown.tree import keyed

_RECORD_KIND = "debian-inrelease-1"
_ATTEMPTS = 4


def releases(parts: Sequence[Part], *, store: Store, keyring: Path | None, now: datetime, pause: Callable[[float], None]) -> tuple[Release, ...]:
    """The verified release of each part, each downloaded only when it changed since the last run."""
    trusted = signature.certificates(keyring)
    with client() as http, side_by_side(len(parts)) as threads:
        return tuple(threads.map(lambda part: _release(part, trusted, http, store, now, pause), parts))


def sections(found: Sequence[Release], architecture: str, *, store: Store, progress: Progress, pause: Callable[[float], None]) -> list[Section]:
    """The package index of each release for `architecture`: component main, the only one that is Debian."""
    main = found[0]
    if architecture not in main.architectures:
        available = ", ".join(sorted(main.architectures - {"all"}))
        raise UserError(f"Debian {main.part.codename} has no {architecture} packages", where=main.part.url, fix=f"build for one of: {available}")
    serving = [one for one in found if architecture in one.architectures]
    with client() as http, side_by_side(len(serving)) as threads:
        return list(threads.map(lambda one: _section(one, architecture, http, store, progress, pause), serving))


def _release(part: Part, trusted: Sequence[Cert], http: httpx.Client, store: Store, now: datetime, pause: Callable[[float], None]) -> Release:
    url = f"{part.url}/InRelease"
    key = keyed([url])
    kept = store.recall(_RECORD_KIND, key)
    response = _answer(http, url, kept["validators"] if kept else {}, part, pause)
    inrelease = base64.b64decode(kept["inrelease"]) if response.status_code == 304 and kept else response.content
    # Also what was kept is verified: the keyring may be another today, and time has passed.
    verified = release.read(signature.signed_text(inrelease, trusted, url=url), part, now=now)
    if response.status_code == 200:
        validators = {
            ours: response.headers[theirs] for ours, theirs in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")) if theirs in response.headers
        }
        if validators:
            store.remember(_RECORD_KIND, key, {"validators": validators, "inrelease": base64.b64encode(inrelease).decode()})
    return verified


def _answer(http: httpx.Client, url: str, validators: dict[str, str], part: Part, pause: Callable[[float], None]) -> httpx.Response:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            response = http.get(url, headers=validators)
        except httpx.TransportError as error:
            if attempt == _ATTEMPTS:
                raise WorldError(
                    f"the mirror cannot be reached: {error or type(error).__name__}", where=url, fix="check the network or the proxy, or use another mirror"
                ) from error
        else:
            if response.status_code in (200, 304):
                return response
            if response.status_code < 500 or attempt == _ATTEMPTS:
                raise _refusal(response, part)
        pause(0.25 * 2**attempt)
    raise AssertionError("the last attempt answers or raises")


def _refusal(response: httpx.Response, part: Part) -> UserError | WorldError:
    if response.status_code == 404 and not part.codename.endswith(("-updates", "-security")):
        return UserError(f"the mirror has no suite {part.codename!r}", where=part.url, fix="name a suite it has, for instance `trixie` or `bookworm`")
    return WorldError(
        f"the mirror answers {response.status_code} {response.reason_phrase} for the release of {part.codename}",
        where=part.url,
        fix="use a mirror with /debian and /debian-security below it: without its updates a suite is not safe to build from",
    )


def _section(found: Release, architecture: str, http: httpx.Client, store: Store, progress: Progress, pause: Callable[[float], None]) -> Section:
    plain = f"main/binary-{architecture}/Packages"
    packed = next((path for path in (f"{plain}.xz", plain) if path in found.contents), None)
    if packed is None or plain not in found.contents:
        raise WorldError(f"the release of {found.part.codename} lists no {plain}.xz", where=found.part.url, fix="use another mirror")
    digest, size = found.contents[packed]
    by_hash = f"{found.part.url}/{plain.rpartition('/')[0]}/by-hash/SHA256/{digest.removeprefix('sha256:')}"
    direct = f"{found.part.url}/{packed}"
    wanted = Wanted(label=f"{found.part.codename} packages", urls=(by_hash, direct) if found.by_hash else (direct,), digest=digest, size=size)

    def compressed() -> Path:
        return download(wanted, http=http, store=store, progress=progress, pause=pause)

    return kept_section(digest, compressed, promised=found.contents[plain], url=found.part.public_archive, store=store)
