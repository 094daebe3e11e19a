import dataclasses

import pytest

from paredown.dockerfile.actions import (
    Action,
    Download,
    FoldersMade,
    ModeChange,
    Other,
    OwnerChange,
    PythonInstall,
    Removal,
    SystemInstall,
    SystemRemoval,
    SystemUpdate,
    SystemUpgrade,
    UserAdded,
    action_of,
)
from paredown.dockerfile.parse import parse
from paredown.dockerfile.shell import ShellWord, script_of


def actions(script: str) -> list[Action]:
    read = script_of(parse(f"RUN {script}\n").instructions[0])
    assert read.understood
    return [action_of(command) for command in read.commands]


def plain(value: object) -> object:
    if isinstance(value, tuple):
        return [word.text for word in value]
    return value.text if isinstance(value, ShellWord) else value


def told(script: str) -> tuple[object, ...]:
    """The kind of the only action in `script`, and what it holds besides the command."""
    (action,) = actions(script)
    return type(action), *(plain(getattr(action, field.name)) for field in dataclasses.fields(action) if field.name != "command")


@pytest.mark.parametrize(
    ("script", "manager", "packages", "virtual"),
    [
        ("apt-get install -y --no-install-recommends libpq5=15.* gcc:amd64", "apt", ["libpq5=15.*", "gcc:amd64"], ""),
        ("apt-get -yqq -o Dpkg::Use-Pty=0 -t bookworm-backports install git/bookworm-backports", "apt", ["git/bookworm-backports"], ""),
        ("apt-get install --target-release=trixie -oDpkg::Options::=--force-confdef -q=2 a", "apt", ["a"], ""),
        ("apt install -y ./chrome.deb", "apt", ["./chrome.deb"], ""),
        ("apt-get install -y $PACKAGES", "apt", ["$PACKAGES"], ""),
        ("DEBIAN_FRONTEND=noninteractive sudo -E apt-get install tzdata", "apt", ["tzdata"], ""),
        ("apk add --no-cache --virtual .build-deps gcc musl-dev=1.2", "apk", ["gcc", "musl-dev=1.2"], ".build-deps"),
        ("apk --update add -t .run --repository=http://x --repository http://y foo@edge 'bar>1'", "apk", ["foo@edge", "bar>1"], ".run"),
        ("apk add -U --virtual=.d x", "apk", ["x"], ".d"),
        ("dnf -y install --setopt=install_weak_deps=False --nodocs --enablerepo crb python3 @tools", "dnf", ["python3", "@tools"], ""),
        ("microdnf install -y x", "dnf", ["x"], ""),
        ("yum -y localinstall a.rpm", "dnf", ["a.rpm"], ""),
        ("zypper -n in -y foo", "zypper", ["foo"], ""),
    ],
)
def test_packages_of_the_distribution_are_found_among_flags(script: str, manager: str, packages: list[str], virtual: str):
    assert told(script) == (SystemInstall, manager, packages, virtual)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("apt-get update -q", (SystemUpdate, "apt")),
        ("apk update", (SystemUpdate, "apk")),
        ("dnf makecache", (SystemUpdate, "dnf")),
        ("zypper ref", (SystemUpdate, "zypper")),
        ("apt-get -y dist-upgrade", (SystemUpgrade, "apt", [])),
        ("yum update -y openssl", (SystemUpgrade, "dnf", ["openssl"])),
        ("apt-get purge -y --auto-remove gcc make", (SystemRemoval, "apt", ["gcc", "make"])),
        ("apt-get autoremove -y --purge", (SystemRemoval, "apt", [])),
        ("apk del --purge .build-deps", (SystemRemoval, "apk", [".build-deps"])),
        ("dnf -y erase gcc", (SystemRemoval, "dnf", ["gcc"])),
        ("apt-get clean", (Removal, [])),
        ("apt-get dist-clean", (Removal, [])),
        ("dnf clean all", (Removal, [])),
        ("apt-get --version", (Other,)),
        ("apk --print-arch", (Other,)),
    ],
)
def test_what_package_managers_do_besides_is_told_apart(script: str, expected: tuple[object, ...]):
    assert told(script) == expected


@pytest.mark.parametrize(
    ("script", "tool", "packages", "files", "editable"),
    [
        ("pip install -U pip setuptools", "pip", ["pip", "setuptools"], [], []),
        ("pip install -r a -r b -c c -e .", "pip", [], ["a", "b"], ["."]),
        ("pip install -qr a.txt -Ur b.txt --requirement=c.txt -rd.txt", "pip", [], ["a.txt", "b.txt", "c.txt", "d.txt"], []),
        ("pip install -e.[dev] --editable ./lib", "pip", [], [], [".[dev]", "./lib"]),
        ("pip3.11 --no-cache-dir install 'uvicorn[standard]>=0.2' git+https://x/y@main", "pip", ["uvicorn[standard]>=0.2", "git+https://x/y@main"], [], []),
        ("pip install --extra-index-url https://u:p@h/simple -t /deps x", "pip", ["x"], [], []),
        ("python3 -I -u -m pip install -r r.txt", "pip", [], ["r.txt"], []),
        ("/opt/venv/bin/python -m pip install .", "pip", ["."], [], []),
        ("uv pip install --system -p 3.12 x", "uv pip", ["x"], [], []),
        ("uv --directory /app pip sync r.txt", "uv pip", [], ["r.txt"], []),
        ("python -m uv pip install x", "uv pip", ["x"], [], []),
        ("uv --no-cache sync --frozen --no-dev", "uv sync", [], [], []),
        ("poetry -C /app install --no-root", "poetry", [], [], []),
        ("python -m poetry sync", "poetry", [], [], []),
        ("pdm install --prod", "pdm", [], [], []),
        ("pipenv sync --system", "pipenv", [], [], []),
        ("mamba install -y -n base numpy", "conda", [], [], []),
        ("conda env update -n base -f environment.yml", "conda", [], [], []),
        ("micromamba create -n x python", "conda", [], [], []),
        ("python setup.py develop", "setup.py", [], [], []),
        ("gosu app timeout -k 5 60 pip install x", "pip", ["x"], [], []),
    ],
)
def test_distributions_are_found_whatever_installs_them(script: str, tool: str, packages: list[str], files: list[str], editable: list[str]):
    kind, found, _, *rest = told(script)
    assert (kind, found, *rest) == (PythonInstall, tool, packages, files, editable)


@pytest.mark.parametrize(
    "script",
    [
        "pip uninstall -y x", "pip download -d /w install", "pip wheel -w /w -r r.txt", "pip --version", "uv lock", "uv tool install ruff", "uv run install",
        "poetry add x", "poetry config virtualenvs.create false", "conda clean -afy", "conda env list", "python app.py install", "python -m build", "python -",
        "python", "python -m", "pip", "apt-get", "uv --project install",
    ],
)  # fmt: skip
def test_other_commands_of_installers_install_nothing(script: str):
    assert told(script) == (Other,)


@pytest.mark.parametrize(
    ("script", "name", "number", "is_group"),
    [
        ("groupadd -r -f -g 1001 app", "app", 1001, True),
        ("groupadd --system --gid=1001 app", "app", 1001, True),
        ("useradd -r -g app -u 1001 -d /app -s /sbin/nologin -M app", "app", 1001, False),
        ("useradd -rm --uid 1000 --shell /bin/bash -G sudo,audio app", "app", 1000, False),
        ("useradd -lmu 1000 app", "app", 1000, False),
        ("useradd --create-home -p '' app", "app", None, False),
        ("useradd -u $UID app", "app", None, False),
        ("adduser --system --no-create-home --uid 1001 --ingroup app app", "app", 1001, False),
        ('adduser --disabled-password --gecos "" --home /app app', "app", None, False),
        ("addgroup --system --gid 1001 app", "app", 1001, True),
        ("adduser -D -H -u 1 -G g name", "name", 1, False),
        ("adduser -SDHu 1001 -h /app -g 'the app' name", "name", 1001, False),
        ("addgroup -S g", "g", None, True),
        ("addgroup -Sg 9 g", "g", 9, True),
    ],
)
def test_accounts_are_read_as_each_distribution_writes_them(script: str, name: str, number: int | None, is_group: bool):
    assert told(script) == (UserAdded, name, number, is_group)


@pytest.mark.parametrize("script", ["adduser app sudo", "addgroup app docker", "usermod -aG docker app", "userdel -r app"])
def test_changes_of_accounts_add_none(script: str):
    assert told(script) == (Other,)


@pytest.mark.parametrize(
    ("script", "mode", "paths", "recursive"),
    [
        ("chmod 0755 /a", "0755", ["/a"], False),
        ("chmod -R u+rwX,go-w /a /b", "u+rwX,go-w", ["/a", "/b"], True),
        ("chmod 777 -R /z", "777", ["/z"], True),
        ("chmod -v -x /f", "-x", ["/f"], False),
        ("chmod --recursive -- 644 a", "644", ["a"], True),
        ("chmod --reference=/x /y", "", ["/y"], False),
    ],
)
def test_modes_are_kept_as_they_are_written(script: str, mode: str, paths: list[str], recursive: bool):
    assert told(script) == (ModeChange, mode, paths, recursive)


@pytest.mark.parametrize(
    ("script", "owner", "paths", "recursive"),
    [
        ("chown -hR 1000:1000 /a /b", "1000:1000", ["/a", "/b"], True),
        ("chown --from=root app: /b", "app:", ["/b"], False),
        ("chown --from root app $HOME", "app", ["$HOME"], False),
        ("chgrp -R 0 /a", "0", ["/a"], True),
        ("chown --reference /x -R /y", "", ["/y"], True),
    ],
)
def test_owners_are_kept_as_they_are_written(script: str, owner: str, paths: list[str], recursive: bool):
    assert told(script) == (OwnerChange, owner, paths, recursive)


@pytest.mark.parametrize("script", ["chmod", "chown", "chmod -R", "chown -R", "groups"])
def test_a_change_of_nothing_is_none(script: str):
    assert told(script) == (Other,)


@pytest.mark.parametrize(
    ("script", "paths"),
    [
        ("mkdir -pm 0755 /a /b", ["/a", "/b"]),
        ("mkdir -m777 /d", ["/d"]),
        ("mkdir --parents --mode=0700 -- -g", ["-g"]),
        ("install -d -o app -g app -m 0755 /e /f", ["/e", "/f"]),
        ("install -dm755 --owner app /i", ["/i"]),
    ],
)
def test_folders_are_told_from_their_owners_and_modes(script: str, paths: list[str]):
    assert told(script) == (FoldersMade, paths)


def test_installing_files_makes_no_folders():
    assert told("install -m 755 x /usr/local/bin/x") == (Other,)


@pytest.mark.parametrize(
    ("script", "urls"),
    [
        ("curl -fsSLo /a https://x/z", ["https://x/z"]),
        ("wget -qO- http://a", ["http://a"]),
        ('curl -LO "https://x/${V}.tgz"', ["https://x/${V}.tgz"]),
        ("git clone --depth 1 https://github.com/a/b.git /b", ["https://github.com/a/b.git"]),
        ("git -C /b clone git@github.com:a/b.git", ["git@github.com:a/b.git"]),
        ("git pull", []),
    ],
)
def test_downloads_name_their_addresses(script: str, urls: list[str]):
    assert told(script) == (Download, urls)


@pytest.mark.parametrize("script", ["git config --global user.name clone", "git -c a=b checkout x", "git", "command -v curl"])
def test_a_program_that_can_download_need_not(script: str):
    assert told(script) == (Other,)


def test_removals_name_what_they_take():
    assert told("rm -rf /var/lib/apt/lists/* /tmp/* -- -x") == (Removal, ["/var/lib/apt/lists/*", "/tmp/*", "-x"])
