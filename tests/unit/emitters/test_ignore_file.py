from paredown.dockerfile.ignore_file import rules_of
from paredown.emitters.ignore_file import ignore_file


def test_secrets_caches_and_git_are_left_out_and_code_is_not() -> None:
    rules = rules_of(ignore_file(), ".dockerignore")
    assert all(rules.ignores(path) for path in (".git", ".env", ".env.local", ".venv/bin/python", "app/__pycache__/a.pyc", "deep/id_rsa", "Dockerfile.dev"))
    assert not any(rules.ignores(path) for path in ("app/main.py", ".env.example", "README.md", "uv.lock", "certs/ca.pem", "app/build/x.py"))


def test_what_is_there_stays_as_it_is_and_only_what_lacks_is_added() -> None:
    text = ignore_file("# mine\n*.log\n.git/\n")
    assert text.startswith("# mine\n*.log\n.git/\n")
    assert text.count("\n.git\n") == 0
    assert "\n.venv\n" in text


def test_what_the_settings_exclude_is_left_out_at_the_depth_they_mean() -> None:
    rules = rules_of(ignore_file(None, ("*.csv", "/docs", "data/raw/")), ".dockerignore")
    assert all(rules.ignores(path) for path in ("a/b.csv", "docs/index.md", "data/raw/x"))
    assert not rules.ignores("api/docs/index.md")


def test_it_is_done_once() -> None:
    once = ignore_file("*.log\n")
    assert ignore_file(once) == once
