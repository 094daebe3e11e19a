"""Whatever the text: nothing of it is lost, and its instructions are those that BuildKit's own parser finds."""

import re

import dockerfile
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from buildkit_parser import as_ours, as_theirs
from paredown.dockerfile.parse import decoded, encoded, parse
from paredown.dockerfile.shell import script_of
from paredown.dockerfile.stages import stages, undefined
from paredown.dockerfile.syntax import Dockerfile, Instruction, Span, edited
from paredown.dockerfile.words import LONGEST_VALUE, expanded, unknown, unquoted
from paredown.errors import UserError

LINES = st.sampled_from(
    [
        "FROM a\n",
        "from a AS b\r\n",
        "FROM --platform=$BUILDPLATFORM a\\:b as c\n",
        "# c\n",
        "\n",
        "  \t\n",
        " # d\r\n",
        " \\ \n",
        "\\\n",
        "`\n",
        "\r\n",
        "RUN x \\\n",
        "RUN x \\\r\n",
        "  y\n",
        "\ty \\ \t\n",
        "a \\\\\n",
        "a \\\\\\\n",
        'RUN ["a", \\\n',
        '"b"]\n',
        'CMD ["a", "b c"]\n',
        "CMD ['a']\n",
        "CMD [] \n",
        "RUN <<EOF\n",
        "RUN <<-EOF sh\n",
        "RUN <<'EOF'\n",
        'RUN <<"E OF"\n',
        "E OF\n",
        "EOF\n",
        "\tEOF\n",
        "EOF\r\n",
        " EOF\n",
        "RUN cat <<X > /a && cat 3<<-Y\n",
        "X\n",
        "\t\tY\n",
        "RUN cat <<<X\n",
        'RUN echo "<<X" it\'s <<X\n',
        "RUN a<<X\n",
        "RUN <<\\X\n",
        "RUN echo 'a\\' <<X\n",
        "COPY <<X <<Y /x/\n",
        "Y\n",
        'ADD ["<<X", "/"]\n',
        "ONBUILD RUN <<X\n",
        "ONBUILD COPY --from=a b c\n",
        "ONBUILD\n",
        "HEALTHCHECK --interval=3s CMD a b\n",
        'HEALTHCHECK CMD ["a"]\n',
        "HEALTHCHECK none\n",
        "ENV A=1\\\n",
        "ENV A=1 B=\"x y\" C='$z' D=a\\ b\\$c\n",
        'ENV A  x "y"\n',
        "LABEL a='b c' \\\n",
        'LABEL "a b"=c\n',
        "ARG A B=1 C=\n",
        "EXPOSE 80 $P/udp\n",
        'COPY --chown="a b" --link a\\ b "c d" /\n',
        "COPY -- --a b\n",
        "ADD --checksum=sha256:1 https://a.b/c /d\n",
        'USER "a b" # c\n',
        "WORKDIR /a b\n",
        "VOLUME /a /b\n",
        'VOLUME ["/a"]\n',
        'SHELL ["/bin/sh", "-c"]\n',
        "STOPSIGNAL  9\n",
        'MAINTAINER "a" <b>\n',
        "FOO --x y\n",
        "ENTRYPOINT exec a\n",
        "é\u00a0ü \\\n",
        "\ufeffRUN x\n",
    ]
)
HEADS = st.sampled_from(["", "\ufeff", "# escape=`\n", "#Escape = `\r\n", " # syntax=a/b:1\n# escape=\\\n", "# c\n# escape=`\n", "\n# escape=`\n"])
DOCKERFILES = st.builds(
    lambda head, lines, end: head + "".join(lines) + end, HEADS, st.lists(LINES, max_size=12), st.sampled_from(["", "CMD x", "RUN x \\", "RUN x\r", "#"])
)
PARTS = st.sampled_from(["$", "${", "}", "{", "A", "B", ":-", ":+", "-", "?", "#", "%", "%%", "/", "//", "*", "\\", "'", '"', " ", "$A", "${B", "é", "1"])


def _parsed(text: str) -> Dockerfile:
    try:
        return parse(text)
    except UserError:
        return parse("")  # of a here-document that does not end nothing can be known


def _spans(instruction: Instruction) -> list[Span]:
    own = [instruction.span, instruction.keyword_span, *(part.span for part in (*instruction.flags, *instruction.words, *instruction.pairs))]
    return own + [one.span for one in instruction.heredocs] + (_spans(instruction.inner) if instruction.inner else [])


@settings(max_examples=400, deadline=None)
@given(DOCKERFILES)
@example("RUN a\n\\\n")
def test_instructions_are_those_of_buildkit(text: str) -> None:
    try:
        ours, theirs = as_ours(text), as_theirs(text)
    except (UserError, dockerfile.GoParseError):  # newer ones than the wheel's refuse a here-document that does not end, as ours does
        assume(False)
    assume("" not in [read.name for read in theirs])  # nothing but continuations, which no build takes
    assert ours == theirs


@settings(max_examples=200, deadline=None)
@given(DOCKERFILES | st.text(max_size=200))
def test_spans_lie_in_the_text_and_leave_only_space_and_comments(text: str) -> None:
    found = _parsed(text)
    done = 0
    for instruction in found.instructions:
        for span in _spans(instruction):
            assert 0 <= span.start <= span.end <= len(text)
        assert instruction.span.start >= done
        assert _is_between(text[done : instruction.span.start])
        assert text[instruction.keyword_span.start : instruction.keyword_span.end].replace(f"{found.escape}\n", "").startswith(instruction.keyword[:1])
        assert found.place(instruction.span.start)[0] == instruction.line
        done = instruction.span.end
    if found.instructions:
        assert _is_between(text[done:])
    assert all(text[comment.span.start] == "#" for comment in found.comments)
    assert edited(found.text, ()) == found.text


def _is_between(text: str) -> bool:
    return all(re.fullmatch(r"\ufeff?\s*#.*|[\s\\`\ufeff]*", line, re.DOTALL) for line in text.split("\n"))


@given(st.binary(max_size=300))
def test_bytes_come_back_as_they_were(content: bytes) -> None:
    assume(b"\0" not in content)
    assert encoded(decoded(content, "Dockerfile")) == content


@settings(deadline=None)
@given(DOCKERFILES | st.text(max_size=100).map("FROM a\n{}".format) | st.text(max_size=100).map("FROM a\nRUN {}\n".format))
def test_any_text_has_stages_and_scripts(text: str) -> None:
    for stage in stages(_parsed(text)):
        for step in stage.steps:
            undefined(step)
            for command in script_of(step.instruction).commands:
                assert 0 <= command.span.start <= command.span.end <= len(text)


@given(st.lists(PARTS, max_size=30).map("".join), st.sampled_from(["\\", "`"]))
def test_any_word_expands(text: str, escape: str) -> None:
    word = unquoted(text, escape)
    assert len(expanded(word, {"A": "a/b*c", "é": ""})) <= LONGEST_VALUE
    assert "A" not in unknown(word, {"A": "x"})
