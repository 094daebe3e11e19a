import pytest

from paredown.rules.dockerfiles.installation_asks import installation_asks
from paredown.rules.examine import examine, mended


@pytest.mark.parametrize(
    "run",
    [
        "RUN apt-get install \\\n    --no-install-recommends \\\n    -y \\\n    gcc",
        "RUN apt-get install -yqq gcc",
        "RUN apt-get install -qq gcc",
        "RUN apt-get -y install gcc",
        "RUN apt-get install --assume-yes gcc",
        "RUN yes | apt-get install gcc",
        "RUN apt-get $FLAGS install gcc",
        "RUN echo 'APT::Get::Assume-Yes \"true\";' > /etc/apt/apt.conf.d/90yes && apt-get install gcc",
        "RUN apk add gcc",
        "RUN zypper --non-interactive install gcc",
        "RUN dnf -y install gcc",
    ],
)
def test_install_that_asks_nothing_is_silent(run: str) -> None:
    assert examine(f"FROM debian\n{run}\n", "Dockerfile", None, (installation_asks,)) == ()


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("RUN yum install gcc", "RUN yum install -y gcc"),
        ("RUN zypper install gcc", "RUN zypper --non-interactive install gcc"),
        ("RUN apt-get dist-upgrade", "RUN apt-get dist-upgrade -y"),
    ],
)
def test_answer_is_given_where_each_takes_it(run: str, expected: str) -> None:
    assert mended(f"FROM x\n{run}\n", "Dockerfile", None, (installation_asks,))[0] == f"FROM x\n{expected}\n"
