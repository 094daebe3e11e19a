from paredown.errors import UserError
from paredown.origin import Origin, line_of


def test_an_error_says_what_where_and_what_to_type():
    error = UserError("numpy 2.1.0 has no wheel for linux/arm64", where=Origin("uv.lock", 1042), fix="lock a version that has one")
    assert str(error) == "error: numpy 2.1.0 has no wheel for linux/arm64\n  --> uv.lock:1042\n  fix: lock a version that has one"


def test_credentials_in_urls_never_reach_a_message():
    error = UserError("https://user:secret@index.example/simple is gone", fix="see https://t0ken@index.example")
    assert "secret" not in str(error)
    assert "t0ken" not in str(error)
    assert "https://***@index.example/simple" in str(error)


def test_line_of_counts_from_one():
    assert line_of("a\nb\nc", "b") == 2
    assert line_of("a", "z") is None
