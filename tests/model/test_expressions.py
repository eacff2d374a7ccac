"""Does an automaton take what its regular expression takes, and are the values that are told apart all of them?"""

from __future__ import annotations

import re
from itertools import product

import pytest

from fairlead_mesh.model.classes.dimension import EXACT, PREFIX, REGEX, SUFFIX, Kind, Wanted, dimension
from fairlead_mesh.model.classes.expression import automaton
from fairlead_mesh.model.traffic.undecided import UndecidedError

pytestmark = pytest.mark.mesh

SOME = Kind(("a",), ("b", "/"), "[ab/]*")
TEXTS = ["".join(each) for length in range(6) for each in product("ab/", repeat=length)]


@pytest.mark.parametrize(
    "pattern",
    [
        "a*b",
        "(a|b)*/",
        "a{2,3}b?",
        "a{0}b",
        "a{2,}",
        "[^/]+",
        "(?:a|/)+b",
        "^ab$",
        "a|b/",
        "",
        ".*a.{2}",
        r"\w+/?",
        "a+?b",
    ],
)
def test_an_automaton_takes_what_its_expression_takes(pattern: str) -> None:
    read = automaton(pattern)
    assert [text for text in TEXTS if read.takes(text)] == [text for text in TEXTS if re.fullmatch(pattern, text)]


@pytest.mark.parametrize("pattern", [r"\bab", "(?i)a", r"(a)\1", "a++", "(?=a)b", "a(", "[[:alpha:]]", "a^b"])
def test_what_is_no_automaton_is_not_decided(pattern: str) -> None:
    with pytest.raises(UndecidedError):
        automaton(pattern)


@pytest.mark.parametrize(
    "wanted",
    [
        (Wanted(EXACT, "a"), Wanted(PREFIX, "a/"), Wanted(PREFIX, "a/b"), Wanted(EXACT, "a/b/")),
        (Wanted(PREFIX, "ab"), Wanted(SUFFIX, "ba"), Wanted(PREFIX, "b")),
        (Wanted(REGEX, "a.*b"), Wanted(PREFIX, "ab"), Wanted(EXACT, "ab/b")),
        (Wanted(REGEX, "(ab)*"), Wanted(REGEX, "a*"), Wanted(REGEX, ".*/.*")),
        (Wanted(EXACT, "AB", ignore_case=True), Wanted(EXACT, "ab")),
    ],
    ids=lambda wanted: "-".join(each.text for each in wanted).replace("/", "_"),
)
def test_every_combination_that_a_value_can_have_has_a_cell(wanted: tuple[Wanted, ...]) -> None:
    found = dimension(SOME, wanted)
    cells = {frozenset(each for each in wanted if each.takes(cell)) for cell in found.cells}
    assert cells >= {frozenset(each for each in wanted if each.takes(text)) for text in TEXTS}
    assert len(cells) == len(found.cells)
    for each, mask in found.bits.items():
        assert [bool(mask >> place & 1) for place in range(len(found.cells))] == [each.takes(c) for c in found.cells]
