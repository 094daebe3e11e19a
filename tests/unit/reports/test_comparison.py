"""A report in each of its formats: complete, by the ending of its file, and harmless whatever an image says."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from comparisons import comparison, hostile, verdict
from paredown.errors import UserError
from paredown.reports.comparison import check, write
from paredown.result import Difference

VOID = {"meta", "link", "br", "rect"}


class Read(HTMLParser):
    """Which elements and attributes a page has, and whether they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def written(path: Path, found: object = None) -> str:
    write(found or comparison(), path)  # type: ignore[arg-type]
    return path.read_text("utf-8")


@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_all_of_it_is_told(tmp_path: Path, name: str) -> None:
    text = written(tmp_path / name)
    for piece in ("60 %", "equivalent", "33.0 MB", "−67 %", "not measured", "there is none", "CIS 4.3", "took the shell", "Dockerfile:7", "/bin/bash"):
        assert piece in text


@pytest.mark.parametrize("name", ["report.html", "report.md", "report.json"])
def test_the_same_comparison_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    assert written(tmp_path / name) == written(tmp_path / f"again-{name}")


def test_the_page_needs_nothing_else_and_runs_nothing(tmp_path: Path) -> None:
    text = written(tmp_path / "report.html", hostile())
    page = Read(text)
    assert "\u202e" not in text
    assert not page.open
    assert page.tags.isdisjoint({"script", "img", "iframe", "object", "form", "base"})
    assert not [name for name in page.attributes if name.startswith("on") or name == "style"]
    assert all(link.startswith(("#", "data:,")) for link in page.links)


def test_markdown_of_a_hostile_image_neither_formats_nor_links_nor_mentions(tmp_path: Path) -> None:
    page = MarkdownIt("commonmark").enable("table").render(written(tmp_path / "report.md", hostile()))
    read = Read(page)
    assert read.tags.isdisjoint({"script", "a", "img", "em"})
    assert not read.links
    # GitHub makes links and mentions of plain words, but not in code.
    words = re.sub("<code.*?</code>", "", page, flags=re.DOTALL)
    assert "@" in words
    assert not re.search("@\\w|://|\u202e", words)


def test_every_row_of_a_markdown_table_has_its_cells(tmp_path: Path) -> None:
    tables = re.findall(r"(?:^\|.*\|\n)+", written(tmp_path / "report.md", hostile()), re.MULTILINE)
    assert tables
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table


@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_of_many_differences_the_first_are_open_and_all_are_there(tmp_path: Path, name: str) -> None:
    many = tuple(Difference(probe="http", key=f"GET /{number}", place="", before="200", after="500") for number in range(30))
    shown, _, hidden = written(tmp_path / name, comparison(verdict=verdict(differences=many))).partition("10 more differences")
    assert "GET /19" in shown
    assert "GET /20" in hidden
    assert "GET /29" in hidden


def test_json_says_what_was_not_measured_and_why(tmp_path: Path) -> None:
    told = json.loads(written(tmp_path / "report.json"))
    rows = {row["name"]: row for row in told["measurements"]}
    assert (told["schema"], told["kind"], told["verdict"]["verdict"]) == (1, "comparison", "equivalent")
    assert rows["start to first answer"]["before"] == {"value": 1.5, "runs": [1.4, 1.5, 1.6]}
    assert rows["memory, idle"]["after"] == {"not_measured": "its /proc could not be read"}
    assert told["changes"][0]["where"] == {"file": "Dockerfile", "line": 7}


def test_another_ending_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"ends in \.html, \.md, \.json, and 'report.txt' does not"):
        check(tmp_path / "report.txt")


def test_a_folder_that_is_not_there_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no folder"):
        check(tmp_path / "reports" / "report.md")
