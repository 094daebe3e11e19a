import pytest

from paredown.rules.dockerfiles.apk_cache_kept import apk_cache_kept
from paredown.rules.examine import examine, mended


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("RUN apk add -U a && b", "RUN apk add --no-cache -U a && b"),
        ("RUN apk update && apk upgrade && apk add a", "RUN apk update && apk upgrade && apk add --no-cache a"),
        ("RUN apk update \\\n && apk add a \\\n && apk del b", "RUN apk add --no-cache a \\\n && apk del b"),
        ("RUN apk --update add a", "RUN apk --update add --no-cache a"),
    ],
)
def test_index_is_not_kept_and_fetched_only_where_something_else_needs_it(run: str, expected: str) -> None:
    assert mended(f"FROM alpine\n{run}\n", "Dockerfile", None, (apk_cache_kept,))[0] == f"FROM alpine\n{expected}\n"


@pytest.mark.parametrize(
    "run",
    [
        "RUN apk --no-cache add a",
        "RUN apk add -U a && rm -rf /var/cache/apk/*",
        "RUN --mount=type=cache,target=/var/cache/apk apk add a",
        "RUN --mount=type=cache,target=/etc/apk/cache apk add a",
    ],
)
def test_index_that_does_not_stay_is_silent(run: str) -> None:
    assert examine(f"FROM alpine\n{run}\n", "Dockerfile", None, (apk_cache_kept,)) == ()
