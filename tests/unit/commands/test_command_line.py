import pytest

from paredown.commands.command_line import SimpleCommand, exec_command, needed, setting, shell_command, simple_command


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("uvicorn main:app", ("uvicorn", "main:app")),
        ("exec uvicorn main:app --port ${PORT:-8000}", ("uvicorn", "main:app", "--port", "${PORT:-8000}")),
        ("gunicorn 'shop:create_app(\"a b\")'", ("gunicorn", 'shop:create_app("a b")')),
        ("uv run --frozen --no-dev --extra web uvicorn main:app", ("uvicorn", "main:app")),
        ("uv run main.py --port 1", ("python", "main.py", "--port", "1")),
        ("uv run -m shop", ("python", "-m", "shop")),
        ("poetry run /usr/local/bin/python3.12 -m shop", ("python", "-m", "shop")),
        ("/app/.venv/bin/uvicorn main:app", ("uvicorn", "main:app")),
        ("/isso/bin/gunicorn isso.run", ("gunicorn", "isso.run")),
        ("tini -g -- dumb-init pipenv run gunicorn main:app", ("gunicorn", "main:app")),
        ('sh -c "exec uvicorn main:app"', ("uvicorn", "main:app")),
        ("uvicorn \\\n  main:app", ("uvicorn", "main:app")),
        ("./bin/serve", ("./bin/serve",)),
        ("gunicorn shop:create_app()", ("gunicorn", "shop:create_app()")),
    ],
)
def test_simple_command_is_plain_words(text: str, words: tuple[str, ...]) -> None:
    assert simple_command(text) == SimpleCommand(words)


def test_simple_command_keeps_variables_before_it() -> None:
    assert simple_command("A=1 B='x y' exec C= env D=2 gunicorn app") == SimpleCommand(("gunicorn", "app"), (("A", "1"), ("B", "x y"), ("C", ""), ("D", "2")))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a && b", "it holds `&&`"),
        ("a|b", "it holds `|`"),
        ("a > log", "it holds `>`"),
        ("a &", "it holds `&`"),
        ("a; b", "it holds `;`"),
        ("(a)", "it holds `(a)`"),
        ("a\nb", "it holds `a second line`"),
        ("a $(nproc)", "it runs another command for its output"),
        ("a `nproc`", "it runs another command for its output"),
        ("a $$", "it uses a variable of the shell's own"),
        ("cd src", "`cd` is a word of the shell"),
        ("bash start.sh", "`start.sh` is a shell script"),
        ("bash", "it starts a shell"),
        ("a 'b", "unbalanced quotes"),
        ("exec", "it is empty"),
        ("a ${B%%x}", "`${B%%x}` is more than a variable with a default"),
    ],
)
def test_simple_command_says_why_it_needs_a_shell(text: str, reason: str) -> None:
    assert simple_command(text) == reason


def test_exec_command_does_not_split_words() -> None:
    assert exec_command(("gunicorn", "a && b")) == SimpleCommand(("gunicorn", "a && b"))


def test_shell_command_leaves_variables_to_the_shell() -> None:
    assert shell_command("echo $A") == ("sh", "-c", "echo $$A")
    assert needed(shell_command("echo $A")) == ()


def test_needed_names_variables_without_a_default() -> None:
    assert needed(("$A", "x${B}", "${C:-1}", "$A")) == ("A", "B")


@pytest.mark.parametrize(
    "words", [("uvicorn", "main:app", "--port", "${PORT:-8000}"), ("gunicorn", "shop:create_app('x y')"), ("python", "a b.py"), ("a", 'say "x"')]
)
def test_setting_reads_back_as_it_was(words: tuple[str, ...]) -> None:
    import tomllib

    value = tomllib.loads(setting(words))["command"]
    read = simple_command(value) if isinstance(value, str) else exec_command(tuple(value))
    assert read == SimpleCommand(words)
