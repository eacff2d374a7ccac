"""Do the pages in docs/ say what the model says?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fairlead.reference.pages import reference_pages
from fairlead.reference.type_words import SCALARS, scalar_forms
from fairlead_mesh.config import SECRET_KEYS, Config
from fairlead_mesh.keys import scalars
from fairlead_mesh.ports import PORTS
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

PAGES = reference_pages()
WRITTEN = [PROGRAM / "README.md", *sorted(PROGRAM.glob("docs/*.md"))]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_in_docs_is_up_to_date(path: str) -> None:
    assert (PROGRAM / path).read_text(encoding="utf-8") == PAGES[path], "run: make docs"


def test_no_page_of_a_section_that_is_gone_stays_behind() -> None:
    assert {f"docs/{path.name}" for path in PROGRAM.glob("docs/config*.md")} == set(PAGES)


def test_the_index_names_every_key_of_a_stack_file() -> None:
    for key in (*(str(field.alias) for field in Config.model_fields.values()), *SECRET_KEYS):
        assert f"`{key}`" in PAGES["docs/config.md"]


def test_every_named_scalar_has_a_word_that_says_what_to_write() -> None:
    named = [value for value in vars(scalars).values() if hasattr(value, "__metadata__")]
    assert [value for value in named if value not in [scalar for scalar, _ in SCALARS]] == [scalars._Text]  # pyright: ignore[reportPrivateUsage]
    assert all(form and not form.startswith("Input") for _, form in scalar_forms())


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    anchors = {f"#{heading.strip().lower().replace(' ', '-')}" for heading in re.findall(r"^#+ (.*)$", text, re.M)}
    links: list[str] = re.findall(r"\]\(([^)]+)\)|(?:src|srcset)=\"([^\"]+)\"", text)
    for link in ("".join(found) for found in links):
        assert link.startswith("https://") or link in anchors or (path.parent / link.partition("#")[0]).is_file(), link


def test_the_port_table_of_the_security_rules_page_is_the_models() -> None:
    text = (PROGRAM / "docs/security-rules.md").read_text(encoding="utf-8")
    rows = [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in text.splitlines() if "| 15" in line]
    expected = [
        (str(port.number), port.at, "yes" if port.opened_from_control_plane else "no", port.reason) for port in PORTS
    ]
    assert rows == expected
