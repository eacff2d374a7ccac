"""Does every rule find what it is for, at its line, and nothing else? A new case is a new file in tests/lint, no code.

`<rule>.fail.yaml` carries `# <- <rule>` on each line where a wrong value starts, and `# <+ <rule>` where another object
takes part in a conflict; `<rule>.pass.yaml` looks alike and is right. A file `<rule>.mesh-config.yaml` beside them is
Istio's MeshConfig for both.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fairlead.lint.linted import Linted, Placed
from fairlead.lint.object_lint import lint_objects
from fairlead.lint.stack_lint import lint_stack, lint_stack_file
from fairlead.yaml_files.positions import Positions, positions
from fairlead.yaml_files.stack_file import StackFile
from fairlead_mesh.lint.rule import OBJECT_RULES, Rule
from fairlead_mesh.reading.object_files import read_objects
from tests.fixtures.checkout import PROGRAM, TESTS
from tests.fixtures.evaluated import STACKS, stack_file

pytestmark = pytest.mark.mesh

FOLDER = TESTS / "lint"
MARK = re.compile(r"# <([-+]) ([a-z0-9_]+)\s*$")
BAD_STACKS = sorted((TESTS / "bad").glob("*.yaml"))


def case(rule: str, outcome: str) -> Path:
    return FOLDER / f"{rule}.{outcome}.yaml"


@cache
def linted(path: Path) -> Linted:
    config = path.with_name(f"{path.name.partition('.')[0]}.mesh-config.yaml")
    return lint_objects([str(path)], config if config.is_file() else None, preview=True)


def found(path: Path, rule: str) -> list[Placed]:
    return [each for each in linted(path).found if each.finding.rule == rule]


def marked(path: Path, rule: str, sign: str = "-") -> list[int]:
    marks = (MARK.search(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [number for number, mark in enumerate(marks, start=1) if mark and mark.groups() == (sign, rule)]


def starts(text: str, value: Any) -> bool:
    """Whether a value's YAML begins where the text does."""
    text = re.sub(r"^(?:[&!]\S* +)+", "", text)
    if isinstance(value, bool):
        return re.match(r"(?i)true|false|yes|no|on|off", text) is not None
    if isinstance(value, dict):
        return text.startswith("{") or any(text.lstrip("\"'").startswith(str(key)) for key in value)
    if isinstance(value, list):
        return text.startswith(("[", "-"))
    if isinstance(value, str):
        return text.startswith(("'", '"', "|", ">", value.split("\n")[0]))
    return value is None or text[:1] in "+-.0123456789"


@pytest.mark.parametrize("rule", OBJECT_RULES)
def test_a_rule_has_a_file_that_breaks_it_and_one_that_keeps_it(rule: str) -> None:
    assert case(rule, "fail").is_file(), f"write {case(rule, 'fail')}"
    assert case(rule, "pass").is_file(), f"write {case(rule, 'pass')}"


def test_every_file_is_a_case_of_a_rule() -> None:
    ends = ("fail.yaml", "pass.yaml", "mesh-config.yaml")
    strays = [path.name for path in FOLDER.iterdir() if path.name.partition(".")[::2] not in known_cases(ends)]
    assert sorted(strays) == []


def known_cases(ends: tuple[str, ...]) -> set[tuple[str, str]]:
    return {(rule, end) for rule in OBJECT_RULES for end in ends}


@pytest.mark.parametrize("rule", OBJECT_RULES)
def test_the_lines_that_break_a_rule_are_those_that_are_marked(rule: str) -> None:
    path = case(rule, "fail")
    assert sorted({each.place.line for each in found(path, rule)}) == marked(path, rule)
    assert marked(path, rule), "mark what is wrong"
    related = {other.place.line for each in found(path, rule) for other in each.related}
    assert sorted(related - set(marked(path, rule))) == marked(path, rule, "+")


@pytest.mark.parametrize("rule", OBJECT_RULES)
def test_what_looks_alike_and_is_right_breaks_no_rule_of_that_name(rule: str) -> None:
    path = case(rule, "pass")
    assert [(each.place.line, each.finding.message) for each in found(path, rule)] == []
    assert linted(path).looked_at != "0 objects in 1 file"


@pytest.mark.parametrize("rule", OBJECT_RULES)
def test_line_and_column_point_at_the_value(rule: str) -> None:
    path = case(rule, "fail")
    lines = path.read_text(encoding="utf-8").splitlines()
    text = Positions(read_objects([str(path)]).roots[str(path)])
    for each in found(path, rule):
        finding = each.finding
        assert text.leads_to_a_value(finding.path, finding.document), f"{each.path} is not in the file"
        assert starts(lines[each.place.line - 1][each.place.column - 1 :], finding.value), each


@pytest.mark.parametrize("rule", OBJECT_RULES)
def test_a_finding_says_what_is_wrong_and_what_to_write_in_a_line_each(rule: str) -> None:
    for each in found(case(rule, "fail"), rule):
        for text in (each.finding.message, each.finding.remedy):
            assert text.strip() == text != ""
            assert "\n" not in text


@pytest.mark.parametrize("rule", OBJECT_RULES)
def test_nothing_is_said_twice(rule: str) -> None:
    places = [(each.path, each.place, each.finding.message) for each in found(case(rule, "fail"), rule)]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("rule", OBJECT_RULES.values(), ids=list(OBJECT_RULES))
def test_an_object_rules_docstring_is_a_sentence(rule: Rule) -> None:
    sentence = rule.documentation.partition("\n")[0]
    assert re.fullmatch(r"\S.+\.", sentence)
    assert len(sentence.split()) > 4


@pytest.mark.parametrize("rule", OBJECT_RULES.values(), ids=list(OBJECT_RULES))
def test_counterparts_are_codes_of_the_three(rule: Rule) -> None:
    assert all(re.fullmatch(r"IST\d{4}|KIA\d{4}|webhook", code) for code in rule.counterparts)


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_every_shipped_stack_has_nothing_to_fix(path: Path) -> None:
    found = lint_stack(PROGRAM, config_file=path).found
    assert [(each.finding.rule, each.path, each.finding.message) for each in found] == []


@pytest.mark.parametrize("path", BAD_STACKS, ids=lambda path: path.stem)
def test_what_is_wrong_with_a_stack_file_is_found_where_it_stands(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    text = positions("\n".join(lines))
    read = stack_file(path)
    found = lint_stack_file(read, PROGRAM).found
    assert found
    for each in (each for each in found if not each.finding.source):
        assert text.of_key(each.finding.path) == each.place
        value = value_at(read, each.finding.path)
        assert starts(lines[each.place.line - 1][each.place.column - 1 :], value), each


def value_at(read: StackFile, path: tuple[str | int, ...]) -> Any:
    """What stands at a path; None where nothing does."""
    value: Any = read.own_keys()
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value
