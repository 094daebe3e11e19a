import pytest

from paredown.reports.ink import Ink
from paredown.reports.terminal import build_summary, layers_table, picture_table, removals_table, size_text
from paredown.result import Artifact, LayerSize, OwnerSize, Phase, Picture, Removal, Result, Skipped
from paredown.tree import UNKNOWN, Owner, OwnerKind

PLAIN = Ink(colours=False)


def sizes_of(*owners: tuple[OwnerKind, str, int]) -> tuple[OwnerSize, ...]:
    return tuple(OwnerSize(owner=Owner(kind, name, "1.0"), files=1, uncompressed=size, compressed=size // 2) for kind, name, size in owners)


def picture_with(*owners: tuple[OwnerKind, str, int]) -> Picture:
    layer = LayerSize(name="base", digest="sha256:" + "a" * 64, diff_id="sha256:" + "b" * 64, uncompressed=10, compressed=5)
    sizes = sizes_of(*owners)
    total = sum(size.uncompressed for size in sizes)
    return Picture(platform="linux/amd64", digest="sha256:" + "c" * 64, layers=(layer,), owners=sizes, uncompressed=total, compressed=total // 2)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_499, "999.5 kB"), (999_500, "1.0 MB"), (62_100_000, "62.1 MB"), (1_060_000_000, "1.06 GB")],
)
def test_sizes_are_told_in_decimal_units(size, text):
    assert size_text(size) == text


def test_packages_of_the_base_are_one_row_and_distributions_one_each():
    table = picture_table(picture_with((OwnerKind.BASE, "libc6", 3000), (OwnerKind.BASE, "zlib1g", 1000), (OwnerKind.DISTRIBUTION, "fastapi", 2000)), PLAIN)
    assert "base (2 packages)      2        4.0 kB      2.0 kB" in table
    assert "  fastapi 1.0" in table
    assert table.splitlines()[-1].startswith("in all (1 layers)")


def test_the_smaller_distributions_share_a_row():
    table = picture_table(picture_with(*((OwnerKind.DISTRIBUTION, f"d{number:02}", 1000 * number) for number in range(1, 13))), PLAIN)
    assert "  d12 1.0" in table
    assert "  d04 1.0" not in table
    assert "  4 other distributions" in table


def test_no_line_is_wider_than_80_columns_even_with_long_names():
    picture = picture_with((OwnerKind.DISTRIBUTION, "a-distribution-with-quite-a-long-name-" * 3, 10**9))
    removal = Removal(path="x", size=1, trim="a-trim", reason="r", owner=UNKNOWN)
    result = Result(
        name="n", digest="d", pictures=(picture,), removals=(removal,), skipped=(Skipped(what="w", reason="word " * 40),),
        phases=(Phase(name="read", seconds=0.1),), artifacts=(Artifact(kind="k", where="w", digest="d"),), notes=("note " * 40,),
    )  # fmt: skip
    assert max(len(line) for line in build_summary(result, PLAIN).splitlines()) <= 80


def test_colours_only_where_asked():
    picture = picture_with((OwnerKind.APP, "app", 1))
    assert "\x1b[" not in picture_table(picture, PLAIN) + layers_table(picture, PLAIN)
    assert "\x1b[1m" in picture_table(picture, Ink(colours=True))


def test_what_trims_took_is_listed_largest_first():
    removals = [Removal(path=name, size=size, trim=name, reason="r", owner=UNKNOWN) for name, size in (("small", 1), ("large", 5000))]
    lines = removals_table(removals, PLAIN).splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["large", "small", "in"]
