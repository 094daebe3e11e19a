"""A PostgreSQL of its own, empty, on 127.0.0.1:5432 for as long as this runs: `python3 tests/postgres.py`. Not for root."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def program(name):
    """Distributions keep PostgreSQL's programs beside the PATH."""
    found = [shutil.which(name), *sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), reverse=True)]
    return next(filter(None, found), None) or sys.exit(f"{name} is not installed: `apt install postgresql`")


def main():
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    make = [program("initdb"), "--pgdata", folder, "--username", "forecast", "--auth", "trust", "--encoding", "UTF8", "--no-sync"]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    server = program("postgres")
    os.execv(server, [server, "-D", str(folder), *words])


if __name__ == "__main__":
    main()
