import pytest

from paredown.runners.container import not_started


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ('exec: "/nope": stat /nope: no such file or directory: unknown', 127, "No such file or directory"),
        ('exec: "nope": executable file not found in $PATH: unknown', 127, "No such file or directory"),
        ("crun: executable file `nope` not found in $PATH: No such file or directory", 127, "No such file or directory"),
        ('exec: "/etc/passwd": permission denied: OCI permission denied', 126, "Permission denied"),
        ("exec /app/serve: exec format error", 126, "Exec format error"),
        ('chdir to cwd ("/app") set in config.json failed: permission denied', 126, "Permission denied"),
    ],
)
def test_a_program_that_cannot_be_started_ends_as_in_a_shell(said, status, words):
    ended = not_started("serve", said)
    assert ended is not None
    assert (ended.status, ended.stderr) == (status, f"serve cannot be started: {words}\n".encode())


@pytest.mark.parametrize("said", ["crun: setrlimit `RLIMIT_NOFILE`: Operation not permitted: OCI permission denied", "no space left on device"])
def test_what_is_wrong_with_the_engine_is_not_the_programs_fault(said):
    assert not_started("serve", said) is None
