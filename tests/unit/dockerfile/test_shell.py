import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paredown.dockerfile.actions import action_of
from paredown.dockerfile.parse import parse
from paredown.dockerfile.shell import Script, commands, flagged, script_of
from paredown.dockerfile.stages import stages
from paredown.dockerfile.syntax import Text


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
        ('RUN ["/bin/bash", "-o", "pipefail", "-euxc", "curl https://x | tar x"]', ["curl", "tar"]),
        ('CMD ["bash", "start.sh", "-c", "rm x"]', ["bash"]),
        ("RUN <<'EOF' bash -e\npip install a\nEOF\n", ["pip"]),
        ("RUN python - <<EOF\nimport os\nEOF\n", ["python"]),
        ("RUN set -e; \\\n  # why\n  apt-get update; \\\n\n  make\n", ["set", "apt-get", "make"]),
        ("RUN V=$(curl -s x | jq .v) && echo `id -u`", ["curl", "jq", "echo", "id"]),
        ("RUN f() { mkdir /f; }; f && { a; b; } || exit 1", ["mkdir", "f", "a", "b", "exit"]),
        ("RUN while read l; do a; done < f; case $A in x) b;; *) c;; esac; until d; do e; done", ["read", "a", "b", "c", "d", "e"]),
    ],
)
def test_programs_are_found_in_every_form(text: str, names: list[str]):
    assert [command.program for command in script(text).commands] == names
    assert script(text).understood


@pytest.mark.parametrize(
    "wrapper",
    [
        "sudo -E -u app -H", "sudo --user=app", "env -i A=1 B=2", "env -u X", "A=1 env B=2", "nice -n 10", "nice -n10", "time -p", "timeout -k 5 60",
        "exec -a x",
        "gosu app:app", "su-exec app", "nohup", "/usr/bin/tini --", "stdbuf -oL", "ionice -c 3", "exec nice timeout 5",
    ],
)  # fmt: skip
def test_what_only_wraps_a_program_is_passed_over(wrapper: str):
    (command,) = script(f"RUN {wrapper} pip -q install a").commands
    assert (command.program, [word.text for word in command.arguments]) == ("pip", ["-q", "install", "a"])


@pytest.mark.parametrize("text", ["command -v curl", "command -V curl"])
def test_a_question_for_a_program_starts_none(text: str):
    assert [command.program for command in script(f"RUN {text}").commands] == ["command"]


def test_what_follows_a_here_document_on_its_line_is_read():
    written, changed, removed = script("RUN cat <<EOF > /etc/x && chmod 644 /etc/x | rm y\npip install a\nEOF\n").commands
    assert [word.text for word in written.writes] == ["/etc/x"]
    assert (changed.program, changed.joined, removed.program, removed.joined) == ("chmod", "&&", "rm", "|")


def test_files_that_output_goes_to_are_told():
    written = [[word.text for word in command.writes] for command in script("RUN a > /x 2>&1 && b >> y 2>err && c < z && { d; e; } &> /w").commands]
    assert written == [["/x"], ["y", "err"], [], [], ["/w"]]


def test_words_lose_their_quotes_and_say_whether_they_are_plain():
    words = script("""RUN a b"c"'d' e\\ f "g\\"h" '$i' "$j" $(k) "l==${M}" """).commands[0].arguments
    assert [(word.text, word.plain) for word in words] == [
        ("bcd", True), ("e f", True), ('g"h', True), ("$i", True), ("$j", False), ("$(k)", False), ("l==${M}", False),
    ]  # fmt: skip


def test_words_point_at_their_place_in_the_file():
    text = "FROM a\nRUN é && \\\n # no\n pip install \\\n  flask\n"
    (word,) = script_of(parse(text).instructions[1]).commands[1].operands()[1:]
    assert text[word.span.start : word.span.end] == "flask"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("-u 1 n", [("-u", "1"), ("", "n")]),
        ("-xu1 n", [("-u", "1"), ("", "n")]),
        ("-xu 1", [("-u", "1")]),
        ("--uid=1 --uid 2 --other=3", [("--uid", "1"), ("--uid", "2")]),
        ("a -- -u 1", [("", "a"), ("", "-u"), ("", "1")]),
        ("- -u", [("", "-")]),
        ("-u=1", [("-u", "1")]),
    ],
)
def test_flags_take_their_values_as_getopt_reads_them(words: str, expected: list[tuple[str, str]]):
    (command,) = script(f"RUN x {words}").commands
    assert [(flag, word.text) for flag, word in flagged(command.arguments, ("-u", "--uid"))] == expected


@pytest.mark.parametrize(
    ("shell", "understood"),
    [
        ('["powershell", "-Command"]', False), ('["/usr/bin/python3", "-c"]', False), ('["/bin/bash", "-o", "pipefail", "-c"]', True),
        ('["conda", "run", "-n", "x", "/bin/bash", "-c"]', True),
    ],
)  # fmt: skip
def test_a_script_is_in_the_language_of_its_shell(shell: str, understood: bool):
    (stage,) = stages(parse(f'FROM a\nSHELL {shell}\nRUN rm x\nRUN ["rm", "x"]\n'))
    _, written, started = stage.steps
    assert script_of(written.instruction, written.state.shell).understood is understood
    assert script_of(started.instruction, started.state.shell).understood


FRAGMENTS = [
    "apt-get", "install", "pip", "-r", "-", "--", "-e", "&&", "||", ";", "|", "&", "\n", "(", ")", "{", "}", "if", "then", "fi", "do", "done",
    "for x in", "case", "esac", ";;", "$", "$(", "`", "${A}", "${A:-", "'", '"', "\\", "#", "<<EOF", "EOF", ">", "2>&1", "<(", "=", "A=1", "é", "\t",
    "[[", "]]", "!", "chmod", "useradd", "env", "sudo", "timeout", "exec", "bash", "-c", "git", "conda", "uv", "python", "-m", "setup.py", "\udcff",
    "\x01", "*",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12), st.sampled_from([" ", ""]))
def test_any_script_is_read_without_an_error(fragments: list[str], between: str):
    text = between.join(fragments)
    for command in commands(Text(text, tuple(range(len(text))))).commands:
        assert action_of(command).command is command
        assert 0 <= command.span.start <= command.span.end <= len(text)


@pytest.mark.parametrize(
    "text",
    ["RUN <<EOF python3\nx\nEOF\n", "RUN if a; then", "RUN " + "a " * 70_000, "RUN echo 'a", "RUN a &&", "RUN )("],
    ids=["python", "if", "long", "quote", "end", "order"],
)
def test_what_cannot_be_read_is_not_understood(text: str):
    assert not script(text).understood


def test_hundreds_of_commands_in_one_run_are_read():
    assert len(script("RUN true" + " && é" * 3000).commands) == 3001
