"""What comes with another base, and what does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from paredown.oci.model import ImageConfig
from paredown.probes.interface import Image
from paredown.result import Difference
from paredown.verdict.intentions import intentions
from resting_service import DOCKER, service, site

ABSENT = "(absent)"
GNU, MUSL = "quick/_speed.cpython-313-x86_64-linux-gnu.so", "quick/_speed.cpython-313-x86_64-linux-musl.so"


def wheel(tag: str, *files: str, version: str = "1.0") -> dict[str, bytes]:
    """A distribution `quick` with `files`, from a wheel with `tag`."""
    info = f"quick-{version}.dist-info"
    texts = {
        **dict.fromkeys(files, b"x"),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: quick\nVersion: {version}\n\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nTag: cp313-cp313-{tag}\n".encode(),
    }
    record = "".join(f"{path},,\n" for path in (*texts, f"{info}/RECORD"))
    return {f"{site(DOCKER)}/{path}": content for path, content in {**texts, f"{info}/RECORD": record.encode()}.items()}


BEFORE = wheel("manylinux_2_17_x86_64", GNU, "quick/_gone.cpython-313-x86_64-linux-gnu.so", "quick/page.py")
AFTER = wheel("musllinux_1_2_x86_64", MUSL, "quick.libs/libgcc_s-1.so.1", "quick/page.py")


def judged(
    tmp_path: Path, name: str, was: str, now: str, after: dict[str, bytes], *, emitted: bool = True, variable: str = "", before: dict[str, bytes] = BEFORE
) -> str:
    probe, _, key = name.partition(": ")
    old = service(tmp_path, DOCKER, before)
    old = with_variable(old, variable) if variable else old
    new = replace(service(tmp_path, DOCKER, after), emitted=emitted)
    return intentions(old, new, ()).judged(Difference(probe=probe, key=key, place="", before=was, after=now)).intended


def with_variable(image: Image, name: str) -> Image:
    config: ImageConfig = image.config
    return replace(image, config=replace(config, environment=(*config.environment, (name, "/etc/own.cnf"))))


ALPINE = "the image is on Alpine, whose C library is musl"
WHEEL = "quick is of the same version, from its wheel for musl"


@pytest.mark.parametrize(
    ("name", "was", "now", "reason"),
    [
        ("python version: extension modules", "cpython-313-x86_64-linux-gnu", "cpython-313-x86_64-linux-musl", ALPINE),
        (f"distribution files: {GNU}", "loads sha256:1", ABSENT, WHEEL),
        (f"distribution files: {MUSL}", ABSENT, "loads sha256:2", WHEEL),
        ("distribution files: quick.libs/libgcc_s-1.so.1", ABSENT, "loads sha256:2", WHEEL),
        ("distribution files: quick/_gone.cpython-313-x86_64-linux-gnu.so", "loads sha256:1", ABSENT, ""),
        ("distribution files: quick/page.py", "sha256:1", "sha256:2", ""),
        ("python version: extension modules", "cpython-313-x86_64-linux-gnu", "cpython-312-x86_64-linux-musl", ""),
        ("platform: content type .odt", "application/vnd.oasis.opendocument.text", "null", ""),
    ],
)  # fmt: skip
def test_what_a_wheel_for_musl_has_instead_is_meant_and_what_it_lacks_is_not(tmp_path: Path, name: str, was: str, now: str, reason: str) -> None:
    assert judged(tmp_path, name, was, now, AFTER) == reason


def test_nothing_of_it_is_meant_of_another_version_or_another_tools_image(tmp_path: Path) -> None:
    name = f"distribution files: {GNU}"
    assert judged(tmp_path, name, "loads sha256:1", ABSENT, wheel("musllinux_1_2_x86_64", MUSL, version="1.1")) == ""
    assert judged(tmp_path, name, "loads sha256:1", ABSENT, wheel("manylinux_2_17_x86_64", GNU)) == ""
    assert judged(tmp_path, name, "loads sha256:1", ABSENT, AFTER, emitted=False) == ""


def test_a_file_of_tls_roots_that_the_base_names_is_meant_when_it_is_there(tmp_path: Path) -> None:
    name, path = "configuration: environment SSL_CERT_FILE", "etc/ssl/certs/roots.crt"
    assert "TLS roots" in judged(tmp_path, name, ABSENT, f"/{path}", {**AFTER, path: b"roots"})
    assert judged(tmp_path, name, ABSENT, f"/{path}", AFTER) == ""
    assert judged(tmp_path, name, "/own.crt", f"/{path}", {**AFTER, path: b"roots"}) == ""


def test_legacy_algorithms_may_go_unless_something_asks_for_them(tmp_path: Path) -> None:
    name = "platform: OpenSSL's legacy algorithms"
    assert "is without them" in judged(tmp_path, name, "fine", "nothing", AFTER)
    assert judged(tmp_path, name, "fine", "nothing", AFTER, variable="OPENSSL_CONF") == ""


def test_legacy_algorithms_stay_when_a_distribution_names_one(tmp_path: Path) -> None:
    named = {**BEFORE, f"{site(DOCKER)}/quick/page.py": b"import hashlib\nnew = lambda data: hashlib.new('md4', data)\n"}
    assert judged(tmp_path, "platform: OpenSSL's legacy algorithms", "fine", "nothing", AFTER, before=named) == ""
