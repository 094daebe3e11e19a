import pytest

from paredown.dockerfile.parse import parse
from paredown.dockerfile.syntax import edited
from paredown.rules.recipe import Recipe, recipe_of
from paredown.rules.script_edits import with_command, without_command


def recipe(run: str) -> Recipe:
    return recipe_of(parse(f"FROM debian\n{run}"), None)


def grown(run: str) -> str:
    subject = recipe(run)
    return edited(subject.dockerfile.text, with_command(subject, subject.final.steps[0], "rm x")).removeprefix("FROM debian\n")


def less(run: str, program: str) -> str:
    subject = recipe(run)
    step = subject.final.steps[0]
    command = next(command for command in subject.script(step).commands if command.program == program)
    return edited(subject.dockerfile.text, without_command(subject, step, command)).removeprefix("FROM debian\n")


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("RUN a b\n", "RUN a b && rm x\n"),
        ("RUN a \\\n  && b\n", "RUN a \\\n  && b \\\n  && rm x\n"),
        ("RUN a && \\\n    b\n", "RUN a && \\\n    b && \\\n    rm x\n"),
        ("RUN a \\\r\n && b\r\n", "RUN a \\\r\n && b \\\r\n && rm x\r\n"),
        ("RUN <<EOF\na\nb\nEOF\n", "RUN <<EOF\na\nb && rm x\nEOF\n"),
        ("RUN if a; then b; fi\n", "RUN if a; then b; fi && rm x\n"),
    ],
)
def test_command_is_put_at_the_end_in_the_layout_of_the_run(run: str, expected: str) -> None:
    assert grown(run) == expected


@pytest.mark.parametrize("run", ["RUN a # why\n", "RUN a &\n", "RUN a;\n", 'RUN ["a", "b"]\n', "RUN <<EOF\na # why\nEOF\n", "RUN cat <<EOF > /b\nhello\nEOF\n"])
def test_nothing_is_put_where_the_end_cannot_take_it(run: str) -> None:
    assert grown(run) == run


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("RUN x && b\n", "RUN b\n"),
        ("RUN a && x 1 && b\n", "RUN a && b\n"),
        ("RUN a \\\n  && x 1 \\\n  && b\n", "RUN a \\\n  && b\n"),
        ("RUN a && x\nUSER app\n", "RUN a\nUSER app\n"),
        ("RUN x --all\nUSER app\n", "USER app\n"),
        ("RUN <<EOF\nx\nb\nEOF\n", "RUN <<EOF\nb\nEOF\n"),
    ],
)
def test_command_is_taken_with_what_joins_it(run: str, expected: str) -> None:
    assert less(run, "x") == expected


@pytest.mark.parametrize(
    "run", ["RUN x || b\n", "RUN a | x && b\n", "RUN x > /log && b\n", "RUN if a; then x; fi\n", "RUN a || x\n", "RUN a && x \\\n# why\n && b\n"]
)
def test_command_stays_where_others_hang_on_it(run: str) -> None:
    assert less(run, "x") == run
