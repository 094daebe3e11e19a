"""Finds keys, tokens and passwords in the files of any layer, also of those that a later layer hides."""

import re
from collections.abc import Iterator

from paredown import credentials
from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.secret_variables import holds_secret
from paredown.tree import Entry, Kind, OwnerKind, file_of

_PACKAGES = frozenset({OwnerKind.BASE, OwnerKind.INTERPRETER, OwnerKind.SYSTEM, OwnerKind.DISTRIBUTION, OwnerKind.PAREDOWN})
_INSTALLED = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|testdata|gems|\.cache/(?:uv|pip|pypoetry)|\.cargo/registry|go/pkg/mod)/"
    r"|^(?:usr/(?:share|lib|local/go)|var/(?:lib/(?:dpkg|apt)|cache)|lib/apk)/|(?:^|/)lib/python3[^/]*/"
)
_ADDRESS = re.compile(r"(?:^|/)[^/]+\.dist-info/direct_url\.json")
_WITH_PASSWORD = re.compile(rb"https?://[^\s/@:\"]+:[^\s/@\"$]+@|https?://(?:gh[opusr]_|glpat-|github_pat_)[^\s/@\"]+@")
_NO_CODE = (".so", ".pyc", ".gz", ".zip", ".whl", ".png", ".jpg", ".woff2", ".a", ".mo", ".bin", ".safetensors", ".pt", ".onnx")
_VARIABLE = re.compile(r"(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*([^\s#][^\n#]*)")
_SETTINGS = "an environment file"
_EXAMPLE = file_of(b"DATABASE_PASSWORD=correct-horse\n")


@rule(
    id="secrets-in-layers",
    severity=Severity.ERROR,
    summary="a key, a token or a password file is in a layer",
    why="Whoever can pull the image can read every file of every layer; to delete it in a later one only hides it from those who do not look.",
    sources=(
        "goodwithtech/dockle CHECKPOINT.md CIS-DI-0010",
        "goodwithtech/dockle#284",
        "goodwithtech/dockle#159",
        "https://docs.docker.com/build/building/secrets/",
    ),
    same_as=("dockle CIS-DI-0010", "CIS 4.10", "OWASP 12", "NIST 4.1.4"),
    before=ImageExample(layers=(("COPY . /app", {"app/.env": _EXAMPLE}), ("RUN rm /app/.env", {"app/.env": None}))),
    after=ImageExample(layers=(("COPY . /app", {"app/settings.py": file_of(b"PASSWORD = os.environ['PASSWORD']\n")}),)),
)
def secrets_in_layers(image: FinishedImage) -> Iterator[Found]:
    told: set[tuple[str, str]] = set()  # chmod and chown bring a file again
    for number, path, entry in image.shipped():
        there = image.tree.get(path)
        if entry.kind is not Kind.FILE or not entry.size or (path, entry.digest) in told:
            continue
        told.add((path, entry.digest))
        for secret in _secrets(path, entry, of_a_package=there is not None and there.owner.kind in _PACKAGES):
            hidden = "" if there is not None and there.digest == entry.digest else ", which is still in that layer though a later one took it away"
            yield Found(
                message=f"{image.made_by(number)} brought /{secret}{hidden}",
                advice="make it anew, as this one is known to whoever has the image; "
                "keep it out by .dockerignore, or lend it to the step with `RUN --mount=type=secret`",
                severity=None if secret.kind != _SETTINGS or _gives_away(entry) else Severity.WARNING,
            )


def _secrets(path: str, entry: Entry, *, of_a_package: bool) -> Iterator[credentials.Secret]:
    if _ADDRESS.search(path):
        if _WITH_PASSWORD.search(entry.read()):
            yield credentials.Secret(path=path, line=None, kind="a password in the address that it was installed from")
        return
    if of_a_package or _INSTALLED.search(path):
        return  # test keys, samples, settings.py: what a package brings is public
    named = credentials.by_name(path)
    if named is not None:
        if named.kind != _SETTINGS or list(_variables(entry)):
            yield named
    elif entry.size <= credentials.MOST_BYTES and not path.endswith(_NO_CODE):
        yield from credentials.by_content(path, entry.read())


def _variables(entry: Entry) -> Iterator[tuple[str, str]]:
    """What an environment file gives a value to."""
    for found in _VARIABLE.finditer(entry.read().decode("utf-8", "replace")):
        yield found[1], found[2].strip("\"'")


def _gives_away(entry: Entry) -> bool:
    return any(holds_secret(name, value) for name, value in _variables(entry))
