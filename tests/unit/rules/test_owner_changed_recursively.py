import pytest
from tests.builders import told

from paredown.rules.dockerfiles.owner_changed_recursively import owner_changed_recursively
from paredown.rules.examine import examine


@pytest.mark.parametrize(
    "steps",
    [
        "RUN mkdir /data && chown -R app /data",
        "COPY --chown=app . /app\nRUN chown -R app /app",
        "COPY . /app\nRUN chown app /app",
        "COPY . /app\nRUN chown -R app /data",
    ],
)
def test_owner_of_nothing_that_lies_below_is_silent(steps: str) -> None:
    assert told(owner_changed_recursively, f"FROM python\nRUN useradd app\n{steps}\n") == []


@pytest.mark.parametrize(
    "steps",
    [
        "COPY . /app\nRUN useradd app && chown -R app /app",  # the COPY does not know the user yet
        "RUN useradd app\nCOPY . /app\nRUN pip install -t /app a\nRUN chown -R app /app",
        "RUN useradd app\nCOPY . /app\nRUN chown -R app /app /data",
        "RUN useradd app\nCOPY . /app\nRUN chown -R $OWNER /app",
    ],
)
def test_change_that_the_copy_cannot_make_is_left_to_the_author(steps: str) -> None:
    (finding,) = examine(f"FROM python\n{steps}\n", "Dockerfile", None, (owner_changed_recursively,))
    assert finding.edits == ()
