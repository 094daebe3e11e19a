import pytest
from tests.builders import told

from paredown.rules.dockerfiles.download_unverified import download_unverified


@pytest.mark.parametrize(
    "step",
    [
        "RUN curl -fsSLo a.tgz https://x/a.tgz && echo '123  a.tgz' | sha256sum -c",
        "RUN curl -fsSL https://x/key.gpg | gpg --dearmor -o /usr/share/keyrings/x.gpg",
        "RUN curl -fs https://api.x/releases | jq -r .tag",
        "RUN curl -f http://localhost:8000/health",
        "RUN wget -qO /etc/x.conf https://x/x.conf",
        "RUN git clone https://x/a.git",
        "ADD https://x/a.git /a",
        "ADD --checksum=sha256:123 https://x/a.tgz /a",
        "RUN curl https://x/list | python -m json.tool",
    ],
)
def test_what_is_compared_or_no_artefact_is_silent(step: str) -> None:
    assert told(download_unverified, f"FROM debian\n{step}\n") == []


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("RUN curl -LsSf https://astral.sh/uv/install.sh | sh", "sh runs whatever astral.sh answers"),
        ("RUN curl -sSL https://install.python-poetry.org | python3 -", "python3 runs whatever install.python-poetry.org answers"),
        ("RUN wget https://x.org/a/tool && chmod +x tool", "tool is taken as it comes from x.org"),
        ("RUN curl -Lo /b https://x.org/a.tar.gz", "/b is taken as it comes from x.org"),
        ("RUN curl -L https://x.org/a.tar.gz | tar -xz", "a.tar.gz is taken as it comes from x.org"),
    ],
)
def test_what_is_run_or_unpacked_as_it_comes_is_found(step: str, message: str) -> None:
    assert told(download_unverified, f"FROM debian\n{step}\n") == [f"2: {message}"]
