from dataclasses import replace

import pytest

from paredown.finding import Severity
from paredown.oci.model import History, ImageConfig, ImagePlatform
from paredown.rules.examine_image import examine_image
from paredown.rules.finished_image import ImageExample, instruction_of
from paredown.rules.images import RULES, ImageRule
from paredown.tree import Entry, Owner, OwnerKind, Tree, file_of, link_of


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.card.id)
def test_example_is_found_and_the_better_one_is_silent(rule: ImageRule) -> None:
    found = examine_image(rule.before.image(), (rule,))
    assert found
    assert all(one.advice for one in found)
    assert examine_image(rule.after.image(), (rule,)) == ()


KEY = b"-----BEGIN RSA PRIVATE KEY-----\n" + b"MIIEpAIBAAKCAQEA7bq1Gz0yT9vXwLkQ3sRfHn2cJpWuZeYxDmAoVtBiKgSlCh5\n" * 3


def rules_that_find(*layers: dict[str, Entry | None], tree: Tree | None = None, **config: object) -> list[str]:
    """The ids of the rules about files that find something in an image of these layers; the tree is only given where owners matter."""
    image = ImageExample(layers=tuple((f"RUN step {number}", files) for number, files in enumerate(layers)), config={"user": "1", **config}).image()
    return [one.rule for one in examine_image(image if tree is None else replace(image, tree=tree))]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("app/settings.py", b"SECRET_KEY = os.environ['SECRET_KEY']\nPASSWORD = ''\n"),
        ("usr/local/lib/python3.13/site-packages/certifi/cacert.pem", b"-----BEGIN CERTIFICATE-----\nMIIF\n"),
        ("opt/venv/lib/python3.13/site-packages/tornado/test/test.key", KEY),
        ("root/.cache/uv/archive-v0/x/tornado/test/test.key", KEY),
        ("app/.env", b"# nothing yet\nSECRET_KEY=\n"),
        ("app/.env.example", b"SECRET_KEY=swordfish\n"),
        ("app/id_rsa.pub", b"ssh-rsa AAAA\n"),
    ],
)
def test_examine_image_sees_no_secret_in_what_is_public(path: str, content: bytes) -> None:
    assert rules_that_find({path: file_of(content)}) == []


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("app/deploy_key", KEY),
        ("root/.netrc", b"machine pypi.example.com login ci password swordfish\n"),
        ("etc/pip.conf", b"[global]\nindex-url = https://ci:swordfish@pypi.example.com/simple\n"),
        ("opt/venv/lib/python3.13/site-packages/shop-1.dist-info/direct_url.json", b'{"url": "https://ci:swordfish@git.example.com/shop.git"}'),
    ],
)
def test_examine_image_sees_secrets_also_where_a_later_layer_takes_them_away(path: str, content: bytes) -> None:
    assert rules_that_find({path: file_of(content)}, {path: None}) == ["secrets-in-layers"]


def test_examine_image_tells_a_secret_once_when_chmod_repeats_it() -> None:
    key = file_of(KEY)
    assert rules_that_find({"app/key": key}, {"app/key": replace(key, mode=0o600)}) == ["secrets-in-layers"]


def test_examine_image_takes_an_environment_file_without_secrets_less_seriously() -> None:
    severities = []
    for content in (b"SECRET_KEY=swordfish-7\n", b"DEBUG=1\n"):
        (found,) = examine_image(ImageExample(layers=(("COPY . .", {"app/.env": file_of(content)}),), config={"user": "1"}).image())
        severities.append(found.severity)
    assert severities == [Severity.ERROR, Severity.WARNING]


@pytest.mark.parametrize(
    ("name", "value"),
    [("GPG_KEY", "A035C8C19219BA821ECEA86B64E628F8D684696D"), ("TOKEN", ""), ("PASSWORD_FILE", "/run/secrets/p"), ("SECRET_KEY", "build-only"),
     ("DATABASE_URL", "postgres://db/shop"), ("TOKENIZERS_PARALLELISM", "false"), ("API_KEY", "${API_KEY}")],
)  # fmt: skip
def test_examine_image_sees_no_secret_in_harmless_variables(name: str, value: str) -> None:
    assert rules_that_find(environment=((name, value),)) == []


def test_examine_image_sees_what_a_build_argument_left_in_the_history() -> None:
    config = ImageConfig(
        platform=ImagePlatform(architecture="amd64"), user="1", history=(History(created_by="RUN |1 PIP_TOKEN=swordfish /bin/sh -c pip install x"),)
    )
    image = replace(ImageExample().image(), config=config)
    found = examine_image(image)
    assert [one.rule for one in found] == ["secrets-in-configuration"]
    assert "swordfish" not in found[0].message


@pytest.mark.parametrize(
    ("command", "found"),
    [
        (("/bin/sh", "-c", "uvicorn main:app"), True),
        (("sh", "-c", "exec uvicorn main:app --port $PORT"), False),
        (("sh", "-c", "python migrate.py && exec uvicorn main:app"), False),
        (("/bin/bash", "-c", "uvicorn main:app"), False),  # bash becomes a single command
        (("/bin/bash", "-c", "python migrate.py; uvicorn main:app"), True),
        (("/start.sh",), True),
        (("/exec.sh",), False),
        (("uvicorn", "main:app"), False),
        (("python", "-c", "print()"), False),
    ],
)
def test_examine_image_tells_which_shells_keep_signals(command: tuple[str, ...], found: bool) -> None:
    program = file_of(b"\x7fELF", mode=0o755)
    files = {
        "bin/sh": link_of("dash"), "bin/dash": program, "bin/bash": program, "bin/uvicorn": program, "bin/python": program,
        "start.sh": file_of(b"#!/bin/sh\nuvicorn main:app\n", mode=0o755), "exec.sh": file_of(b'#!/bin/sh -e\nexec "$@"\n', mode=0o755),
    }  # fmt: skip
    assert rules_that_find(files, command=command) == ["shell-as-first-process"] * found


def test_examine_image_forgives_what_installations_write_anew_and_locks() -> None:
    database, lock = file_of(bytes(2_000_000)), file_of(b"", mode=0o666)
    again = replace(file_of(b"1" * 2_000_000))
    assert rules_that_find({"var/lib/dpkg/status": database, "opt/venv/.lock": lock}, {"var/lib/dpkg/status": again}) == []


def test_examine_image_leaves_copies_within_packages_alone() -> None:
    git = file_of(bytes(6_000_000), owner=Owner(OwnerKind.BASE, "git", "1"))
    files = {"usr/bin/git": git, "usr/lib/git-core/git": git}
    assert rules_that_find(files, tree=Tree(files)) == []


@pytest.mark.parametrize(
    ("line", "instruction"),
    [
        ("RUN /bin/sh -c pip install flask # buildkit", "RUN pip install flask"),
        ("RUN |2 A=1 B=c d /bin/sh -c make # buildkit", "RUN make"),
        ("/bin/sh -c #(nop) COPY dir:" + "0" * 64 + " in /app ", "COPY ... /app"),
        ("/bin/sh -c apt-get update", "RUN apt-get update"),
        ("COPY . . # buildkit", "COPY . ."),
        ("paredown: base", "paredown: base"),
    ],
)
def test_instruction_of_leaves_out_what_builders_add(line: str, instruction: str) -> None:
    assert instruction_of(line) == instruction


@pytest.mark.parametrize(
    ("release", "python", "messages"),
    [
        (b'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="10"\nVERSION_CODENAME=buster\n', "3.7", ["Debian GNU/Linux buster", "Python 3.7"]),
        (b'NAME="Ubuntu"\nID=ubuntu\nVERSION_ID="18.04"\nVERSION_CODENAME=bionic\n', "3.13", ["Ubuntu 18.04"]),
        (b'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n', "3.13", []),
        (b"", "", []),
    ],
)
def test_examine_image_tells_of_systems_past_their_end(release: bytes, python: str, messages: list[str]) -> None:
    image = ImageExample(layers=(("FROM x", {"etc/os-release": file_of(release)}),), config={"user": "1"}, python=python).image()
    assert [one.message.partition(" has ")[0] for one in examine_image(image)] == messages
