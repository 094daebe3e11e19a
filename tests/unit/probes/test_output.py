"""What a service writes, as templates."""

import pytest

from paredown.probes import output

SAME = [
    ("2025-11-21 07:44:00,123 INFO worker [17] up", "2026-01-02 17:04:09,001 INFO worker [4711] up"),
    ("[21/Nov/2025:07:44:00 +0000] GET / 200", "[02/Jan/2026:17:44:00 +0000] GET / 200"),
    ("[21/Nov/2025 07:44:00] GET /", "[02/Jan/2026 17:44:00] GET /"),
    ("Fri, 21 Nov 2025 07:44:00 GMT ready", "Sat, 3 Jan 2026 17:44:01 GMT ready"),
    ('INFO:     127.0.0.1:41234 - "GET / HTTP/1.1" 200 OK', 'INFO:     10.0.2.100:55001 - "GET / HTTP/1.1" 200 OK'),
    ("peer ::1 left", "peer 127.0.0.1 left"),
    ("bound to [::]:8000", "bound to 0.0.0.0:8000"),
    ("job 1b4e28ba-2fa1-11d2-883f-0016d3cca427 done", "job 6fa459ea-ee8a-3ca4-894e-db77e160355e done"),
    ("<Task at 0x7f3a2c>", "<Task at 0x7fffa0>"),
    ("session 12345678 opened at 1763711040.123", "session 2c26b46b68ffc68f opened at 12.5"),
    ("session 9f86d081884c7d65 opened", "session 2c26b46b68ffc68f opened"),
    ("took 12.3 ms", "took 1.2 s"),
    ("took 3e-05 seconds", "took 0.1 seconds"),
    ("spooled to /tmp/tmpab12cd34/x", "spooled to /tmp/tmpzz98_y7w/x"),
    (
        "/usr/local/lib/python3.13/site-packages/jose/x.py:12: DeprecationWarning: old",
        "/opt/venv/lib/python3.13/site-packages/jose/x.py:14: DeprecationWarning: old",
    ),
    ('  File "/usr/lib/python3.13/json/decoder.py", line 3, in f', '  File "/usr/local/lib/python3.13/json/decoder.py", line 3, in f'),
    ("/usr/local/bin/gunicorn: started", "/opt/venv/bin/gunicorn: started"),
]  # fmt: skip
OTHER = [
    ("worker started", "worker stopped"),
    ("\x1b[32mINFO\x1b[0m ready", "INFO ready"),
    ("No module named 'yaml'", "No module named 'toml'"),
    ("cannot open /etc/app.ini", "cannot open /etc/other.ini"),
    ("facade is made", "facet is made"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_lines_have_one_template_when_only_what_varies_differs(one: str, other: str) -> None:
    assert output.template(one) == output.template(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_lines_have_two_templates_when_they_say_different_things(one: str, other: str) -> None:
    assert output.template(one) != output.template(other)


def test_colours_are_kept_when_numbers_are_not() -> None:
    assert output.template("\x1b[32m12 items\x1b[0m") == "\x1b[32m<n> items\x1b[0m"


def test_repeated_lines_count_once_in_any_order_when_workers_write() -> None:
    assert output.templates(b"worker 1\nready\nworker 2\n", ended=True) == output.templates(b"ready\nworker 3\n", ended=True)


def test_an_unfinished_line_counts_only_when_its_writer_has_ended() -> None:
    assert output.templates(b"ready\nhal", ended=False) == {"ready"}
    assert output.templates(b"ready\nhalf", ended=True) == {"ready", "half"}


def test_the_lines_beside_a_gap_do_not_count_when_a_flood_was_cut() -> None:
    said = b"first\nthis is cu\n[1234567 bytes left out]\nt off\nlast\n"
    assert output.templates(said, ended=True) == {"first", "last"}


def test_lines_that_begin_alike_are_one_text_when_told() -> None:
    told = list(output.told(frozenset({"INFO: a b", "INFO: a c", "ready"}), frozenset(), "while up"))
    assert [(seen.key, seen.value) for seen in told] == [  # type: ignore[union-attr]
        ("stdout while up", {"INFO: a": "INFO: a b\nINFO: a c", "ready": "ready"}),
        ("stderr while up", {}),
    ]


def test_a_client_that_went_away_is_no_line_when_the_service_complains_of_it() -> None:
    complaint = (
        b"----------------------------------------\nException occurred during processing of request from ('127.0.0.1', 5)\n"
        b'Traceback (most recent call last):\n  File "a.py", line 1, in handle\n    read()\n    ~~~~^^\n'
        b"ConnectionResetError: [Errno 104] Connection reset by peer\n----------------------------------------\n"
    )
    assert output.templates(b"up\n" + complaint + b"asked\n", ended=True) == {"up", "asked"}
    assert "ValueError: no" in output.templates(complaint.replace(b"ConnectionResetError: [Errno 104] Connection reset by peer", b"ValueError: no"), ended=True)
