"""Does docs/lint.md say what the rules say?"""

from __future__ import annotations

import re

import pytest

from fairlead.lint.rule_page import OBJECTS, READING, STACK, rule_pages
from fairlead.reference.lint_page import LINT_PAGE, lint_page
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

PAGE = lint_page()
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


def test_the_page_is_up_to_date() -> None:
    assert (PROGRAM / LINT_PAGE).read_text(encoding="utf-8") == PAGE, "run: make docs"


def test_every_rule_is_on_it_once() -> None:
    assert list(SECTIONS) == re.findall(r"^### (\w+)$", PAGE, re.MULTILINE)
    assert set(SECTIONS) == set(rule_pages())


@pytest.mark.parametrize("name", SECTIONS)
def test_a_rule_shows_its_severity_its_counterparts_and_a_line_that_breaks_it(name: str) -> None:
    page = rule_pages()[name]
    assert SECTIONS[name].strip().startswith(page.severity)
    assert all(code in SECTIONS[name] for code in page.counterparts)
    assert ("# <- here" in SECTIONS[name]) == (page.looks_at in (STACK, OBJECTS))


def test_the_table_names_what_each_peer_says_of_each_rule() -> None:
    rows = {
        row[0]: row[1:] for row in re.findall(r"^\| \[(\w+)\]\(#\w+\) \| (.*) \| (.*) \| (.*) \|$", PAGE, re.MULTILINE)
    }
    assert set(rows) == {name for name, page in rule_pages().items() if page.looks_at != READING}
    for name, cells in rows.items():
        written = {code for cell in cells for code in cell.replace("yes", "webhook").split(", ")} - {""}
        assert written == set(rule_pages()[name].counterparts)
