import pytest
from tests.builders import told

from paredown.rules.dockerfiles.cache_mount_defeated import cache_mount_defeated

PIP = "--mount=type=cache,target=/root/.cache/pip"
APT = "--mount=type=cache,target=/var/cache/apt"


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (f"ENV PIP_NO_CACHE_DIR=1\nRUN {PIP} pip install a", "PIP_NO_CACHE_DIR leaves the cache mounted at /root/.cache/pip empty"),
        ("RUN --mount=type=cache,target=/root/.cache uv sync --no-cache", "--no-cache leaves the cache mounted at /root/.cache empty"),
        (f"RUN {PIP} pip install a && rm -rf /root/.cache", "this empties the cache mounted at /root/.cache/pip"),
        (f"RUN {PIP} pip install a && pip cache purge", "this empties the cache mounted at /root/.cache/pip"),
        (f"RUN rm /etc/apt/apt.conf.d/docker-clean\nRUN {APT} apt-get install -y a && apt-get clean", "this empties the cache mounted at /var/cache/apt"),
        (f"RUN {APT} apt-get install -y a", "python's image deletes what apt downloads, so the cache mounted at /var/cache/apt stays empty"),
    ],
)
def test_cache_that_stays_empty_is_found(run: str, message: str) -> None:
    assert [line.partition(": ")[2] for line in told(cache_mount_defeated, f"FROM python:3.13\n{run}\n")] == [message]


@pytest.mark.parametrize(
    "run",
    [
        f"ENV PIP_NO_CACHE_DIR=0\nRUN {PIP} pip install a",
        "RUN --mount=type=cache,target=/root/.cache/uv pip install --no-cache-dir uv && uv sync",
        f"RUN rm -f /etc/apt/apt.conf.d/docker-clean\nRUN {APT} apt-get install -y a && rm -rf /var/lib/apt/lists/*",
        f"RUN {PIP} pip install a && rm -rf /tmp/*",
        "RUN --mount=type=cache,target=/root/.cache/uv uv sync && uv cache prune --ci",
        "RUN --mount=type=bind,source=a,target=/root/.cache/pip pip install --no-cache-dir a",
    ],
)
def test_cache_that_fills_is_silent(run: str) -> None:
    assert told(cache_mount_defeated, f"FROM python:3.13\n{run}\n") == []
