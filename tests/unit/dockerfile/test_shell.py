import pytest

from paredown.dockerfile.parse import parse
from paredown.dockerfile.shell import Script, script_of


def script(text: str) -> Script:
    return script_of(parse(text).instructions[0])


def programs(text: str) -> list[tuple[str, str, bool]]:
    return [(command.joined, command.program, command.nested) for command in script(text).commands]


def test_commands_are_told_with_what_joins_them():
    text = "RUN set -eux; \\\n # no\n apt-get update && \\\n apt-get install -y a || true | tee b\n"
    assert programs(text) == [("", "set", False), (";", "apt-get", False), ("&&", "apt-get", False), ("||", "true", False), ("|", "tee", False)]


def test_what_conditions_and_loops_decide_is_nested():
    text = "RUN if [ -n $A ]; then apk add a; fi; for x in a b; do echo $x; done; (cd a && b)\n"
    assert {"apk", "echo", "cd", "b"} <= {program for _, program, nested in programs(text) if nested}
    assert script(text).understood


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('RUN ["/bin/sh", "-c", "exec uvicorn a:b"]', ["uvicorn"]),
        ('CMD ["gunicorn", "a:b"]', ["gunicorn"]),
        ("RUN <<EOF\nset -e\npip install a\nEOF\n", ["set", "pip"]),
        ("RUN cat <<EOF > /x\nhello\nEOF\n", ["cat"]),
        ("RUN A=1 sudo -E env B=2 pip install a", ["pip"]),
    ],
)
def test_programs_are_found_in_every_form(text: str, names: list[str]):
    assert [command.program for command in script(text).commands] == names
    assert script(text).understood


@pytest.mark.parametrize(
    "text", ["RUN <<EOF python3\nx\nEOF\n", "RUN if a; then", "RUN " + "a " * 70_000, "RUN echo 'a"], ids=["python", "if", "long", "quote"]
)
def test_what_cannot_be_read_is_not_understood(text: str):
    assert not script(text).understood


def test_hundreds_of_commands_in_one_run_are_read():
    assert len(script("RUN true" + " && é" * 3000).commands) == 3001
