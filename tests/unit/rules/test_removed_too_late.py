import pytest
from tests.builders import told

from paredown.finding import Severity
from paredown.rules.dockerfiles.removed_too_late import removed_too_late
from paredown.rules.examine import examine


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("RUN apk add --virtual .build gcc\nRUN pip install a && apk del .build", "3: .build (package) stays in the layer of line 2"),
        ("RUN apt-get install -y gcc\nRUN apt-get purge -y --auto-remove gcc", "3: gcc (package) stays in the layer of line 2"),
        ("RUN pip install a\nRUN rm -rf /root/.cache", "3: /root/.cache/pip stays in the layer of line 2"),
        ("COPY a.whl /tmp/\nRUN pip install /tmp/a.whl && rm -rf /tmp/*", "3: /tmp/a.whl stays in the layer of line 2"),
        ("WORKDIR /x\nRUN git clone https://x/b.git\nRUN rm -r b", "4: /x/b stays in the layer of line 3"),
    ],
)
def test_what_an_earlier_layer_has_is_found(steps: str, message: str) -> None:
    assert told(removed_too_late, f"FROM python\n{steps}\n") == [message]


@pytest.mark.parametrize(
    "steps",
    [
        "RUN pip install a && rm -rf /root/.cache",
        "RUN pip install a && rm -rf ~/.cache\nRUN pip install --no-cache-dir b && rm -rf ~/.cache",
        "RUN --mount=type=cache,target=/root/.cache pip install a\nRUN rm -rf /root/.cache/x",
        "RUN apt-get update && apt-get install -y a\nRUN rm -rf /var/lib/apt/lists/*",  # another rule's
        "COPY install.sh /tmp/\nRUN /tmp/install.sh && rm /tmp/install.sh",
        "RUN curl -o /tmp/a https://x/a && rm /tmp/a\nRUN rm -rf /tmp/*",
        "RUN cd /opt && curl -O https://x/a\nRUN rm -f a",
        "RUN apt-get install -y gcc\nRUN apt-get purge -y make",
        "RUN rm -rf $DIRECTORY/*",
    ],
)
def test_removal_of_nothing_below_is_silent(steps: str) -> None:
    assert told(removed_too_late, f"FROM python\n{steps}\n") == []


def test_stage_that_is_not_in_the_image_is_silent() -> None:
    assert told(removed_too_late, "FROM python AS build\nRUN pip install a\nRUN rm -rf /root/.cache\nFROM python\nCOPY --from=build /a /a\n") == []


def test_secret_is_an_error() -> None:
    (finding,) = examine("FROM python\nCOPY id_rsa /root/.ssh/id_rsa\nRUN pip install a && rm /root/.ssh/id_rsa\n", "Dockerfile", None, (removed_too_late,))
    assert finding.severity is Severity.ERROR
