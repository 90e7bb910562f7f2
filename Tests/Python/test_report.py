"""The report of a run: one file that shows everything without a network."""

import re
from html.parser import HTMLParser

import pytest

LOADING = {"src", "href", "srcset", "data", "poster", "action", "xlink:href"}


class Page(HTMLParser):
    """The tags of a page, what it would load, and its text."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[str] = []
        self.loaded: list[str] = []
        self.open: list[str] = []
        self.text: dict[str, list[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.open.append(tag)
        self.loaded += [value for name, value in attributes if name in LOADING and value and value[0] != "#"]

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, text):
        if self.open and text.strip():
            self.text.setdefault(self.open[-1], []).append(text.strip())


@pytest.fixture(scope="module")
def source(digits_run) -> str:
    return (digits_run / "report.html").read_text()


def test_report_loads_nothing(source):
    assert [address for address in Page(source).loaded if not address.startswith("data:")] == []
    assert not re.search(r"@import|url\(\s*['\"]?(?!data:|#)", source)


def test_report_draws_loss_and_error_with_labelled_axes(source):
    page = Page(source)
    labels = " ".join(page.text["text"]).lower()
    assert page.tags.count("svg") >= 2
    for word in ("epoch", "loss", "error"):
        assert word in labels, word


def test_report_follows_dark_and_light(source):
    assert "prefers-color-scheme" in source


def test_report_states_settings_and_final_figures(source):
    page = Page(source)
    cells = " ".join(page.text.get("td", []) + page.text.get("th", [])).lower()
    assert "table" in page.tags
    for word in ("learning", "accuracy", "loss", "0.02"):
        assert word in cells, word
