import pytest

from debian_archive import stanza_of
from paredown.debian.index import Index, section_of
from paredown.errors import UntrustedError


def index_of(*texts):
    sections = [section_of(text.encode(), url="http://mirror/debian") for text in texts]
    return Index(suite="trixie", architecture="amd64", date="", sections=sections)


def test_the_newest_by_debian_versions_also_within_one_file():
    stanzas = [stanza_of("a", "1.0~rc1"), stanza_of("a", "1.0"), stanza_of("a", "1.0~~")]
    assert index_of("\n".join(stanzas)).package("a").version == "1.0"


def test_other_architectures_are_not_seen():
    index = index_of("\n".join([stanza_of("a", "2", architecture="arm64"), stanza_of("a", "1"), stanza_of("b", architecture="all")]))
    assert (index.package("a").version, index.package("b").architecture) == ("1", "all")


def test_a_superseded_package_no_longer_provides():
    index = index_of(stanza_of("a", "1", Provides="v"), stanza_of("a", "2"))
    assert index.providers("v") == ()


def test_a_name_within_another_name_is_not_provided():
    index = index_of("\n".join([stanza_of("a", Provides="lib-v, v-dev, v.so"), stanza_of("b", Provides="x (= 1), v (= 2)")]))
    assert [package.name for package in index.providers("v")] == ["b"]


def test_fields_may_have_lines_that_go_on():
    package = index_of(stanza_of("a", Description="short\n long\n more", Depends="b,\n c")).package("a")
    assert [str(relation) for (relation,) in package.relations("depends")] == ["b", "c"]


def test_an_empty_index_has_nothing():
    index = index_of("", "\n")
    assert (index.package("a"), index.providers("a"), index.names()) == (None, (), ())


@pytest.mark.parametrize("text", ["<html>\n", "Version: 1\nPackage: a\n", "Package: a"])
def test_what_is_not_an_index(text):
    with pytest.raises(UntrustedError, match="a stanza begins with"):
        section_of(text.encode(), url="http://mirror/debian")


@pytest.mark.parametrize(("old", "new"), [("Size: 0", "Size: many"), ("pool/", "../../pool/"), ("SHA256: e", "SHA256: !"), ("Version", "Vision")])
def test_a_stanza_that_cannot_be_read(old, new):
    index = index_of(stanza_of("a").replace(old, new))
    with pytest.raises(UntrustedError, match='cannot be read: "a"'):
        index.package("a")
