from builders import tree_of
from paredown.reports.explanation import EITHER, explanation
from paredown.result import KEEP_OPTION, KEEP_SETTING, Removal
from paredown.tree import Owner, OwnerKind

LIBC = Owner(OwnerKind.BASE, "libc6", "2.41")
UVLOOP = Owner(OwnerKind.DISTRIBUTION, "uvloop", "0.23.0")
GONE = Removal(path="usr/share/doc/libc6/NEWS", size=1200, trim="documentation", reason="documentation of libc6", owner=LIBC)
SHRUNK = Removal(path="opt/venv/loop.so", size=14_200_000, trim="embedded-debug-symbols", reason="debug symbols", owner=UVLOOP, left=2)


def test_a_taken_path_is_told_with_its_trim_and_the_line_that_keeps_it():
    assert explanation("/usr/share/doc/libc6/NEWS", [GONE], {}, KEEP_SETTING) == (
        '/usr/share/doc/libc6/NEWS: taken, 1.2 kB, trim `documentation`: documentation of\n  libc6\n  keep it with: keep = ["/usr/share/doc/libc6/NEWS"]'
    )


def test_a_kept_path_is_told_with_its_owner():
    kept = tree_of({"usr/bin/x": b"12"}, owner=LIBC)
    assert explanation("usr/bin/x", [], kept, KEEP_SETTING) == "/usr/bin/x: kept, 2 B, belongs to the base package libc6 2.41"


def test_a_shrunk_path_is_both():
    told = explanation("/opt/venv/loop.so", [SHRUNK], tree_of({"opt/venv/loop.so": b"12"}, owner=UVLOOP), KEEP_OPTION)
    assert told.splitlines()[0] == "/opt/venv/loop.so: kept, 2 B, belongs to the distribution uvloop 0.23.0"
    assert "shrunk by 14.2 MB, trim `embedded-debug-symbols`" in told
    assert "keep it whole with: --keep '/opt/venv/loop.so'" in told


def test_a_folder_sums_up_what_stayed_and_what_went():
    kept = tree_of({"usr/share/doc/libc6/copyright": b"123"}, owner=LIBC)
    told = explanation("/usr/share/doc/", [GONE], kept, EITHER)
    assert told.startswith("/usr/share/doc: 1 files kept (3 B)")
    assert "1 files below it taken (1.2 kB):" in told
    assert told.endswith("""keep them with: keep = ["/usr/share/doc/**"] of a build, or --keep '/usr/share/doc/**' of `paredown slim`""")


def test_a_path_that_never_was_says_so():
    assert explanation("/no/such", [GONE], {}, KEEP_SETTING) == "/no/such: never part of this image"


def test_a_kept_path_when_why_is_known() -> None:
    kept = tree_of({"usr/bin/x": b"12"}, owner=LIBC)
    assert (
        explanation("usr/bin/x", [], kept, KEEP_OPTION, {"usr/bin/x": "libc6 stays: libpython needs it"}).splitlines()[1]
        == "  because libc6 stays: libpython needs it"
    )
