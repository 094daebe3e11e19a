import pytest

from paredown.dockerfile.parse import LARGEST, MOST_INSTRUCTIONS, decoded, parse
from paredown.dockerfile.syntax import Instruction
from paredown.errors import UserError


def only(text: str) -> Instruction:
    (instruction,) = parse(text).instructions
    return instruction


def words(text: str) -> list[str]:
    return [word.text for word in only(text).words]


def test_continued_lines_are_joined_over_comments_and_empty_lines() -> None:
    text = "RUN a \\\n  # no\n\n  && b\\\n && c\n"
    found = parse(text)
    assert only(text).arguments.text == "a   && b && c"
    assert (only(text).line, only(text).end_line) == (1, 5)
    assert [(comment.text, comment.line) for comment in found.comments] == [("no", 2)]


def test_places_are_lines_and_columns_from_one() -> None:
    found = parse("\ufeffFROM a\r\nRUN b\n")
    assert [found.place(instruction.span.start) for instruction in found.instructions] == [(1, 1), (2, 1)]
    assert found.place(len(found.text)) == (2, 7)


def test_a_directive_changes_what_continues_a_line() -> None:
    found = parse("# syntax=docker/dockerfile:1\n  #  Escape = `\nRUN dir C:\\\nRUN a `\n  b\n")
    assert [instruction.arguments.text for instruction in found.instructions] == ["dir C:\\", "a   b"]
    assert found.directives == (("syntax", "docker/dockerfile:1"), ("escape", "`"))


def test_a_directive_behind_a_comment_is_a_comment() -> None:
    assert parse("# hello\n# escape=`\nFROM a\n").escape == "\\"


def test_a_lone_carriage_return_is_white_space() -> None:
    assert words("COPY a\rb\r\n") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('COPY "a b" /c', ["a", "b", "/c"]),
        ("COPY ['a', 'b']", ["[a,", "b]"]),
        ('COPY ["a b", "$c"]', ["a b", "$c"]),
        ("COPY -- --a b", ["--a", "b"]),
        ("USER 'a b'", ["a b"]),
        ("WORKDIR /a b", ["/a b"]),
        ('MAINTAINER "a" <b>', ['"a" <b>']),
        ("HEALTHCHECK none", ["none"]),
        ("CMD []", []),
        ("EXPOSE 80\t81/udp", ["80", "81/udp"]),
    ],
)
def test_words_are_those_the_instruction_takes(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ('ENV A=1 B=two\\ words C="x \\"y\\"" D=\'$z\'', [("A", "1"), ("B", "two words"), ("C", 'x "y"'), ("D", "\\$z")]),
        ('ENV A one "value"', [("A", "one value")]),
        ("ENV A=", [("A", "")]),
        ("LABEL 'a b'=c", [("a b", "c")]),
        ("ARG A B=1 C=", [("A", None), ("B", "1"), ("C", "")]),
    ],
)
def test_pairs(text: str, pairs: list[tuple[str, str | None]]) -> None:
    assert [(pair.name, pair.value) for pair in only(text).pairs] == pairs


def test_flags_stand_in_front_of_everything() -> None:
    run = only('RUN --mount=type=cache,target="/a b" --network=none --x ["a", "b"]')
    assert [(flag.name, flag.value) for flag in run.flags] == [("mount", "type=cache,target=/a b"), ("network", "none"), ("x", "")]
    assert [word.text for word in run.words] == ["a", "b"]


@pytest.mark.parametrize("text", ["CMD ['a']", "CMD [1]", 'CMD ["a"] b', f"CMD [{'1' * 5000}]", "CMD " + "[" * 5000])
def test_an_array_of_anything_else_is_a_shell_form(text: str) -> None:
    assert not only(text).exec_form


def test_inner_instructions_are_read_behind_onbuild_and_healthcheck() -> None:
    inner = only("ONBUILD HEALTHCHECK --interval=3s CMD curl a").inner
    assert inner is not None
    assert inner.inner is not None
    assert (inner.name, inner.flag("interval"), inner.inner.arguments.text) == ("HEALTHCHECK", "3s", "curl a")


def test_onbuild_in_itself_is_not_followed() -> None:
    assert only("ONBUILD " * 5000).inner is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RUN <<A cat <<-'B C'\n x\nA\n\ty\n\tB C\n", [("A", " x\n", True), ("B C", "\ty\n", False)]),
        ("RUN cat <<A > /f\r\nx\r\nA\r\n", [("A", "x\r\n", True)]),
        ("COPY <<a <<b /c/\na\nb\n", [("a", "", True), ("b", "", True)]),
        ("ONBUILD RUN <<A\nx\nA\n", [("A", "x\n", True)]),
        ("RUN 3<< A\nx\nA\n", [("A", "x\n", True)]),
        ('RUN echo "<<A"', []),
        ("RUN cat <<<A", []),
        ("RUN x<<A", []),
        ("RUN echo it's <<A", []),
        ('ADD ["<<A", "/"]', []),
        ("CMD <<A", []),
    ],
)
def test_heredocs(text: str, found: list[tuple[str, str, bool]]) -> None:
    assert [(one.name, one.content.text, one.expands) for one in only(text).heredocs] == found


def test_a_heredoc_that_does_not_end_is_told_with_its_line() -> None:
    with pytest.raises(UserError, match="here-document EOF does not end") as error:
        parse("FROM a\nRUN \\\n <<EOF\nx\n")
    assert str(error.value.where) == "Dockerfile:2"


def test_what_is_larger_than_any_dockerfile_is_refused() -> None:
    with pytest.raises(UserError, match="is not a Dockerfile"):
        decoded(b"#" * (LARGEST + 1), "x")
    with pytest.raises(UserError, match="more than"):
        parse("RUN a\n" * (MOST_INSTRUCTIONS + 1))


@pytest.mark.parametrize(
    "part", ["a ", "--a ", "A=1 ", "\\", "${", "${A:-", "$", "'\"", "<<", "\\\n", "# a\n", "b \\\n"], ids=lambda part: part.replace("\n", "/")
)
@pytest.mark.parametrize("start", ["RUN x \\\n", "ENV A=", "COPY "])
def test_reading_takes_a_time_that_grows_with_the_text(start: str, part: str) -> None:
    # What grows with its square takes minutes here.
    assert len(parse(start + part * (100_000 // len(part))).instructions) == 1
