import pytest
from hypothesis import given
from hypothesis import strategies as st

from paredown.frontends.dockerfile import Instruction, exec_form, expanded, instructions, pairs


def test_instructions_joins_continuations_over_comments_and_blank_lines() -> None:
    text = "# a\nfrom x\nRUN a \\\n  # no\n\n  && b \\\n  && c\nCMD d\n"
    assert instructions(text) == (Instruction("FROM", "x", 2), Instruction("RUN", "a && b && c", 3), Instruction("CMD", "d", 8))


def test_instructions_leaves_out_heredocs() -> None:
    assert [item.name for item in instructions("RUN <<EOF cat <<-'X'\nCMD a\nEOF\nCMD b\nX\nCOPY <<F /f\nUSER x\nF\nENV A=1\n")] == ["RUN", "COPY", "ENV"]


def test_instructions_takes_the_rest_of_a_file_when_a_heredoc_never_ends() -> None:
    assert [item.name for item in instructions("RUN <<EOF\nCMD a\n")] == ["RUN", "CMD"]


def test_instructions_obeys_the_escape_directive() -> None:
    assert instructions("# escape=`\nENV A=c:\\ `\n B=2\n") == (Instruction("ENV", "A=c:\\ B=2", 2),)


@given(st.text(alphabet=st.sampled_from(list("RUN CMD\\\n#<EOF'\"$={}[] ")), max_size=200))
def test_instructions_takes_any_text(text: str) -> None:
    lines = [item.line for item in instructions(text)]
    assert lines == sorted(set(lines))


@pytest.mark.parametrize(("rest", "words"), [('["a", "b c"]', ("a", "b c")), ("a b", None), ("[a", None), ('["a", 1]', None)])
def test_exec_form(rest: str, words: tuple[str, ...] | None) -> None:
    assert exec_form(rest) == words


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ('A=1 B=two\\ words C="x \\"y\\"" D=\'$z\'', (("A", "1"), ("B", "two words"), ("C", 'x "y"'), ("D", "$z"))),
        ("A one value", (("A", "one value"),)),
        ("A=", (("A", ""),)),
        ("A", ()),
    ],
)
def test_pairs(rest: str, found: tuple[tuple[str, str], ...]) -> None:
    assert pairs(rest) == found


def test_expanded() -> None:
    assert expanded("$A ${A}x ${B:-c} ${A:+d} ${B:+e} \\$A $B.", {"A": "1"}) == "1 1x c d  $A ."
