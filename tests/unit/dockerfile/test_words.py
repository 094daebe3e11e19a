import pytest

from paredown.dockerfile.words import LONGEST_VALUE, expanded, unknown, unquoted

SET = {"PWD": "/home", "SHELL": "bash", "EMPTY": "", "FILE": "a.tar.gz", "STAR": "a*b*c", "URL": "http://a.b/c"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a'b'\"c\"", "abc"),
        (r"a\tb", "atb"),
        (r'"a\tb\"\\c"', r'a\tb"\c'),
        (r"'a\tb'", r"a\tb"),
        ("a\\", "a"),
        (r"\$PWD", "$PWD"),
        (r"\\$PWD", r"\/home"),
        (r"\\\$PWD", r"\$PWD"),
        (r"'$PWD' '\$PWD'", r"$PWD \$PWD"),
        ("\"'$PWD'\"", "'/home'"),
        ("$PWD. $. $", "/home. $. $"),
        ("$1x$@$$-", "x-"),
        ("he${no}xx", "hexx"),
        ("${no:-${also:-y}}x", "yx"),
        ("${EMPTY-a}${EMPTY:-b}${no-c}", "bc"),
        ("${EMPTY+a}${EMPTY:+b}${PWD:+$SHELL}${no:+c}", "abash"),
        ("${PWD:?wanted}${no:?wanted}", "/home"),
        (r"${no:-\${PWD}z}", "${PWDz}"),
        ("${no:-'a } b'}", "a } b"),
        ("${aaa}}", "}"),
        ("${FILE%.*} ${FILE%%.*} ${FILE#*.} ${FILE##*.} ${FILE%x}", "a.tar a tar.gz gz a.tar.gz"),
        (r"${STAR%\**} ${STAR%%\**} ${STAR#?\*}", "a*b a b*c"),
        (r"${FILE/a/b} ${FILE//a/b} ${URL/http:\/\//https:\/\/} ${FILE/?.*/x}", r"b.tar.gz b.tbr.gz https:\/\/a.b/c x"),
        ("${FILE/tar/} ${FILE/$no/z}", "a..gz za.tar.gz"),
        ("${} ${.} ${PWD=x} ${:-a} ${PWD:#a}", "${} ${.} ${PWD=x} ${:-a} ${PWD:#a}"),
        ("${PWD and the rest", "${PWD and the rest"),
    ],
)
def test_a_word_means_what_buildkit_takes_it_for(written: str, meant: str) -> None:
    assert expanded(unquoted(written), SET) == meant


def test_a_backtick_escapes_where_the_directive_says_so() -> None:
    assert expanded(unquoted(r"C:\a`$b`` ${no:-C:\x`}} ${STAR%`*c}", "`"), SET) == r"C:\a$b` C:\x} a*b"


def test_names_that_nothing_sets_are_unknown_unless_they_have_a_default() -> None:
    assert unknown(r"$a ${b:-$c} ${PWD:-$d} ${e:+$f} ${g#$h} ${i:?x} \$j $a", SET) == ("a", "c", "h", "g", "i")


def test_values_that_grow_by_themselves_are_cut() -> None:
    value = "x" * 10
    for _ in range(100):
        value = expanded("$A$A$A$A", {"A": value})
    assert len(value) == LONGEST_VALUE


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    assert expanded("${A#" + "*a*b" * 200 + "c}", {"A": "ab" * 20_000}) == "ab" * 20_000
