import pytest

from debian_archive import stanza_of
from paredown.debian.closure import closure
from paredown.debian.index import Index, section_of
from paredown.errors import UserError
from paredown.origin import Origin

HERE = Origin("pyproject.toml", 12)


def index_of(*stanzas):
    return Index(suite="trixie", architecture="amd64", date="20260917T120000Z", sections=[section_of("\n".join(stanzas).encode(), url="http://mirror/debian")])


def names(stanzas, *asked, leave_out=()):
    return [pin.name for pin in closure(index_of(*stanzas), asked, leave_out=frozenset(leave_out), where=HERE)]


def refusal(stanzas, *asked):
    with pytest.raises(UserError) as caught:
        names(stanzas, *asked)
    assert caught.value.where == "pyproject.toml:12"
    assert caught.value.fix
    return caught.value


def test_depends_and_pre_depends_are_followed_and_recommends_are_not():
    stanzas = [stanza_of("a", Depends="b", Pre_Depends="c", Recommends="d"), stanza_of("b", Depends="a"), stanza_of("c"), stanza_of("d")]
    assert names(stanzas, "a") == ["a", "b", "c"]


def test_an_architecture_qualifier_is_dropped():
    assert names([stanza_of("a", Depends="python3:any (>= 3.9~)"), stanza_of("python3", "3.13")], "a") == ["a", "python3"]


def test_the_first_alternative_is_preferred():
    assert names([stanza_of("a", Depends="b | c"), stanza_of("b"), stanza_of("c")], "a") == ["a", "b"]


def test_an_alternative_that_is_needed_anyway_is_enough():
    stanzas = [stanza_of("a", Depends="b | c, d"), stanza_of("b"), stanza_of("c"), stanza_of("d", Depends="c")]
    assert names(stanzas, "a") == ["a", "c", "d"]


def test_an_alternative_that_cannot_be_had_is_passed_over():
    stanzas = [stanza_of("a", Depends="b | c"), stanza_of("b", Depends="absent"), stanza_of("c")]
    assert names(stanzas, "a") == ["a", "c"]


def test_an_alternative_of_the_wrong_version_is_passed_over():
    assert names([stanza_of("a", Depends="b (>= 2) | c"), stanza_of("b", "1.9~rc1"), stanza_of("c")], "a") == ["a", "c"]


def test_a_provided_name_brings_the_provider_of_the_highest_priority():
    stanzas = [
        stanza_of("a", Depends="mailer"),
        stanza_of("b", Provides="mailer", Priority="optional"),
        stanza_of("c", Provides="x, mailer", Priority="standard"),
    ]
    assert names(stanzas, "a") == ["a", "c"]


def test_a_provided_version_counts_and_an_absent_one_does_not():
    stanzas = [
        stanza_of("a", Depends="api (>= 2)"),
        stanza_of("b", "9", Provides="api"),
        stanza_of("c", "1", Provides="api (= 2.1)"),
        stanza_of("d", Provides="api-more (= 3)"),
    ]
    assert names(stanzas, "a") == ["a", "c"]


def test_what_is_left_out_counts_as_satisfied_by_name_and_by_what_it_provides():
    stanzas = [stanza_of("a", Depends="debconf (>= 99) | debconf-2.0, debconf-2.0, b"), stanza_of("b"), stanza_of("debconf", Provides="debconf-2.0")]
    assert names(stanzas, "a", leave_out=["debconf"]) == ["a", "b"]


def test_what_is_asked_for_is_not_left_out():
    assert names([stanza_of("a")], "a", leave_out=["a"]) == ["a"]


def test_two_packages_that_conflict_are_not_chosen_together():
    stanzas = [stanza_of("a", Depends="b | c, d"), stanza_of("b"), stanza_of("c"), stanza_of("d", Conflicts="b")]
    assert names(stanzas, "a") == ["a", "c", "d"]


def test_a_package_may_conflict_with_what_it_provides_itself():
    assert names([stanza_of("a", Provides="mailer", Conflicts="mailer")], "a") == ["a"]


def test_the_order_of_the_index_and_of_the_names_does_not_matter():
    stanzas = [stanza_of("a", Depends="v"), stanza_of("b", Provides="v"), stanza_of("c", Provides="v"), stanza_of("d", Depends="v | c")]
    assert names(stanzas, "a", "d") == names(stanzas[::-1], "d", "a", "d") == ["a", "b", "d"]


def test_an_unknown_package_with_close_names():
    error = refusal([stanza_of("libpq5"), stanza_of("libpq-dev")], "libpq4")
    assert error.what == "Debian trixie has no package 'libpq4' for amd64"
    assert error.fix == "did you mean `libpq5`?"


def test_an_unknown_package_with_nothing_like_it():
    assert "component main" in refusal([stanza_of("a")], "zzzzzzzz").fix


def test_a_version_that_is_not_available():
    error = refusal([stanza_of("a", Depends="b"), stanza_of("b", Depends="c (>= 2:1.0)"), stanza_of("c", "1:9")], "a")
    assert error.what == "b needs c (>= 2:1.0) (a -> b), but trixie has c 1:9"
    assert "`a`" in error.fix


def test_a_dependency_that_does_not_exist():
    assert refusal([stanza_of("a", Depends="b | c")], "a").what == "a needs b | c, but trixie has no package b, and trixie has no package c"


def test_a_provided_version_that_is_not_enough():
    assert (
        refusal([stanza_of("a", Depends="v (>= 2)"), stanza_of("b", "7", Provides="v")], "a").what
        == "a needs v (>= 2), but trixie only has it as provided by b 7"
    )


def test_two_names_that_conflict():
    assert refusal([stanza_of("a", Conflicts="b"), stanza_of("b")], "a", "b").what == "the project needs b, but a 1.0 conflicts with b 1.0"


def test_a_long_chain_of_dead_choices_ends():
    stanzas = [
        stanza_of("a", Depends=", ".join(f"x{n} | y{n}" for n in range(40)) + ", e | f"),
        stanza_of("e", Depends="absent"),
        stanza_of("f", Depends="absent"),
    ]
    stanzas += [stanza_of(f"{side}{n}") for n in range(40) for side in "xy"]
    assert "absent" in refusal(stanzas, "a").what
