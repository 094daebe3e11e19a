"""From a fresh clone to a ready .venv, with nothing but python3: fetch the uv that uv.lock pins, then `uv sync --frozen`.

Debian's python3 has neither pip nor venv; so this uses the standard library only, and its syntax stays old enough that an
old interpreter can say that it is too old. Run by `make`; `python3 tools/bootstrap.py [GROUP ...]` adds dependency groups.
"""

import hashlib
import os
import platform
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST = (3, 11)
ATTEMPTS = 3


def stop(what, fix):
    """End with a message in the shape of all of paredown's."""
    sys.exit("error: {}\n  fix: {}".format(what, fix))


def check_python():
    if sys.version_info < OLDEST:
        stop(
            "python3 is {}; paredown needs {}.{} or later".format(platform.python_version(), *OLDEST),
            "on Debian 12, Ubuntu 24.04 or later: apt-get install python3; elsewhere: make PYTHON=python3.13 ...",
        )
    if not sys.platform.startswith("linux"):
        stop("this is {}; paredown runs on Linux".format(sys.platform), "use a Linux machine, a virtual machine or WSL")


def pinned_wheel():
    """(version, url, sha256) of uv's wheel for this machine, from uv.lock."""
    import tomllib

    with open(os.path.join(HERE, "uv.lock"), "rb") as stream:
        lock = tomllib.load(stream)
    package = next(package for package in lock["package"] if package["name"] == "uv")
    libc = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    machine = platform.machine()
    for wheel in package["wheels"]:
        name = wheel["url"].rsplit("/", 1)[1]
        if libc in name and name.endswith("_{}.whl".format(machine)):
            return package["version"], wheel["url"], wheel["hash"].split(":", 1)[1]
    return stop("uv {} has no wheel for {} {}".format(package["version"], libc, machine), "put a uv of your own at .venv/bin/uv and run it with `sync`")


def download(url, path):
    """The bytes at `url`, into `path`; their sha256."""
    digest = hashlib.sha256()
    with urllib.request.urlopen(url, timeout=60) as answer, open(path, "wb") as out:
        for chunk in iter(lambda: answer.read(1 << 20), b""):
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()


def fetch(url, sha256, path):
    host = url.split("/")[2]
    for attempt in range(1, ATTEMPTS + 1):
        try:
            found = download(url, path)
        except (OSError, urllib.error.URLError) as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                stop(
                    "the certificate of {} cannot be verified".format(host),
                    "apt-get install ca-certificates; behind a proxy of your own: export SSL_CERT_FILE=/path/to/its/roots.pem",
                )
            if attempt == ATTEMPTS:
                stop("{} cannot be reached: {}".format(host, error), "check the network; behind a proxy: export HTTPS_PROXY=http://...")
            time.sleep(2**attempt)
        else:
            if found != sha256:
                stop(
                    "{} has the digest {}, uv.lock says {}".format(url, found, sha256),
                    "something between here and {} changes files: use another network".format(host),
                )
            return


def uv_of(folder):
    """The path of the pinned uv below `folder`, fetched when it is not there."""
    version, url, sha256 = pinned_wheel()
    program = os.path.join(folder, "uv-" + version)
    if not os.path.exists(program):
        os.makedirs(folder, exist_ok=True)
        print("fetching uv {}".format(version), file=sys.stderr)
        unfinished = "{}.{}".format(program, os.getpid())
        try:
            fetch(url, sha256, unfinished + ".whl")
            with zipfile.ZipFile(unfinished + ".whl") as wheel, open(unfinished, "wb") as out:
                out.write(wheel.read("uv-{}.data/scripts/uv".format(version)))
            os.chmod(unfinished, 0o755)
            os.replace(unfinished, program)
        finally:
            for path in (unfinished, unfinished + ".whl"):
                if os.path.exists(path):
                    os.remove(path)
    return program


def main(groups):
    check_python()
    uv = uv_of(os.path.join(HERE, ".tools"))
    words = [uv, "sync", "--frozen", "--quiet", "--python", sys.executable]
    for group in groups:
        words += ["--group", group]
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never")
    status = subprocess.run(words, cwd=HERE, env=environment, check=False).returncode
    if status:
        stop("uv could not install what uv.lock names (its message is above)", "run `make` again once that is mended")


if __name__ == "__main__":
    main(sys.argv[1:])
