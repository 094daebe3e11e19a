import pytest
from tests.builders import told

from paredown.rules.dockerfiles.cache_mount_elsewhere import cache_mount_elsewhere

UV = "RUN --mount=type=cache,target=/root/.cache/uv uv sync"


@pytest.mark.parametrize(
    "steps",
    [
        UV,
        f"ENV HOME=/root\nUSER app\n{UV}",
        "USER app\nRUN --mount=type=cache,target=/home/app/.cache/uv,uid=1000 uv sync",
        "ENV UV_CACHE_DIR=/c/uv\nRUN --mount=type=cache,target=/c uv sync",
        "RUN --mount=type=cache,target=/var/cache/uv uv sync --cache-dir /var/cache/uv",
        "RUN --mount=type=cache,target=/root/.cache/uv pip install uv",
    ],
)
def test_cache_at_its_place_or_at_an_unknown_one_is_silent(steps: str) -> None:
    assert told(cache_mount_elsewhere, f"FROM python\n{steps}\n") == []


def test_other_users_than_root_cannot_use_the_cache_of_root() -> None:
    assert told(cache_mount_elsewhere, f"FROM python\nUSER app\n{UV}\n") == ["3: app has no access to /root/.cache/uv"]
