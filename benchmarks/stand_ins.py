"""Stand-ins for the images that the example's Dockerfiles start from, made locally where no registry can be reached.

`python -m benchmarks.stand_ins` makes a Debian 13 root with Debian's Python 3.13 and uv, and tags it as the Dockerfiles
name their bases. The real images hold the same Python version built from source; `python3.13-bookworm` holds many more
development packages. Where a figure depends on the base's size, it is the stand-in's and must be said to be so.
Needs root, mmdebstrap and Docker.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SLIM = ("python:3.13-slim", "ghcr.io/astral-sh/uv:python3.13-bookworm-slim")
FULL = ("ghcr.io/astral-sh/uv:python3.13-bookworm",)
PACKAGES = "ca-certificates,media-types,netbase,python3.13,tzdata,tzdata-legacy"
DEVELOPMENT_PACKAGES = f"{PACKAGES},curl,g++,gcc,git,libc6-dev,libffi-dev,libssl-dev,make,python3.13-dev"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


def docker() -> str:
    """Debian's docker client where there is one (it speaks BuildKit without a plug-in), else the first on PATH."""
    for candidate in ("/usr/bin/docker", shutil.which("docker")):
        if candidate and Path(candidate).exists():
            return candidate
    raise SystemExit("error: no docker client is installed\n  fix: apt-get install docker.io")


def present(tag: str) -> bool:
    """Whether the engine has an image `tag`."""
    return subprocess.run([docker(), "image", "inspect", tag], capture_output=True, check=False).returncode == 0


def make_root(packages: str, archive: Path) -> None:
    """A Debian 13 root with `packages` as a tar file."""
    # No proxies and no apt settings of this machine may reach the image, but its sources are as good as any.
    subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", f"--include={packages}", "trixie", str(archive)], check=True)


def make_image(root: Path, tags: tuple[str, ...], *, uv: Path, folder: Path) -> None:
    """Import `root` and lay uv, `python` and this machine's certificates over it."""
    run = subprocess.run([docker(), "import", str(root)], check=True, capture_output=True, text=True)
    below = run.stdout.strip()
    shutil.copy(uv, folder / "uv")
    shutil.copy(os.environ.get("SSL_CERT_FILE", CERTIFICATES), folder / "ca-certificates.crt")
    lines = [
        f"FROM {below}",
        "COPY uv /usr/local/bin/uv",
        f"COPY ca-certificates.crt {CERTIFICATES}",
        "RUN ln -s /usr/bin/python3.13 /usr/local/bin/python3 && ln -s python3 /usr/local/bin/python",
        # The official images compile the standard library; Debian's package does so when it is configured.
        f"ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 SSL_CERT_FILE={CERTIFICATES}",
        'CMD ["python3"]',
    ]
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n", "utf-8")
    names = [word for tag in tags for word in ("--tag", tag)]
    subprocess.run([docker(), "build", "--quiet", *names, str(folder)], check=True, stdout=subprocess.DEVNULL, env={**os.environ, "DOCKER_BUILDKIT": "0"})


def main() -> None:
    from uv import find_uv_bin

    if shutil.which("mmdebstrap") is None:
        raise SystemExit("error: mmdebstrap is not installed\n  fix: apt-get install mmdebstrap")
    for packages, tags in ((PACKAGES, SLIM), (DEVELOPMENT_PACKAGES, FULL)):
        if all(present(tag) for tag in tags):
            continue
        print(f"making a stand-in for {', '.join(tags)}", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="stand-in-") as scratch:
            folder = Path(scratch)
            # mmdebstrap's unshared user must reach the folder.
            folder.chmod(0o755)
            root = folder / "root.tar"
            make_root(packages, root)
            context = folder / "context"
            context.mkdir()
            make_image(root, tags, uv=Path(find_uv_bin()), folder=context)


if __name__ == "__main__":
    main()
