import pytest

from paredown import toml_file
from paredown.errors import UserError

TEXT = """\
a = 1
[x]
b = { c = 1 }
"d e" = 2
[x.y]
f.g = 3
[[z]]
a = 4
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [(("a",), 1), (("x",), 2), (("x", "b"), 3), (("x", "b", "c"), 3), (("x", "d e"), 4), (("x", "y", "f", "g"), 6), (("z", "a"), 8), (("q",), None)],
)
def test_line_of_key(path: tuple[str, ...], line: int | None) -> None:
    assert toml_file.line_of_key(TEXT, path) == line


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = \n", 2), ("a = [1,\n2", 2), ('a = "x\n', 1), ("a = 1\na = 2\n", 2)])
def test_parse_says_the_line_when_it_is_no_toml(text: str, line: int) -> None:
    with pytest.raises(UserError, match=r"f\.toml is not valid TOML") as caught:
        toml_file.parse(text, "f.toml")
    assert caught.value.where == f"f.toml:{line}"
