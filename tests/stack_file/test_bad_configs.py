"""Is everything that is wrong with a stack file said at once? A new case is a new file in tests/bad, no code.

Each file names the errors that it must give, in their order: `# expect: <path>: <part of the message or the remedy>`.
A rule that only warns is named likewise, `# expect warning: ...` (or `info`), in the file of its name; other warnings
are left out.
A file in tests/good comes as near to breaking the rule of its name as it can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from fairlead.yaml_files.yaml_text import from_yaml
from fairlead_mesh.cluster import TWO_FORMS
from fairlead_mesh.config import Config
from fairlead_mesh.findings import ConfigError, Finding, dotted
from fairlead_mesh.keys import scalars
from fairlead_mesh.keys.shape import shape_findings
from fairlead_mesh.lint.config_findings import config_findings
from fairlead_mesh.lint.rule import CONFIG_RULES
from fairlead_mesh.lint.stack.cluster_config_rules import eks_clusters_have_a_region
from fairlead_mesh.lint.stack.silence import silenced
from fairlead_mesh.lint.stack.stack_lint import in_order
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.reading.stack_objects import stack_objects
from fairlead_mesh.stack import read_config, well_formed
from tests.fixtures.checkout import PROGRAM, TESTS

pytestmark = pytest.mark.mesh

FILES = sorted((TESTS / "bad").glob("*.yaml"))
GOOD = sorted((TESTS / "good").glob("*.yaml"))
SHIPPED = sorted([*PROGRAM.glob("Pulumi.*.yaml"), *PROGRAM.glob("examples/*.yaml")])
EXPECTED = re.compile(r"^# expect(?: (warning|info))?: (fairlead:\S+?): (.+)$", re.MULTILINE)
SCALARS = {name: scalar for name, scalar in vars(scalars).items() if hasattr(scalar, "__metadata__") and name[0] != "_"}


def region(path: Path) -> Any:
    """Of the stack; most files here are about something else, so they need not say one."""
    said = from_yaml(path.read_text(encoding="utf-8"))["config"].get("aws:region")
    return said or (None if path.stem == eks_clusters_have_a_region.__name__ else "eu-west-1")


def keys(path: Path) -> dict[str, Any]:
    config = from_yaml(path.read_text(encoding="utf-8"))["config"]
    return {key.removeprefix("fairlead:"): value for key, value in config.items() if key.startswith("fairlead:")}


def own_objects(path: Path) -> list[Item]:
    """Those of the files that the stack file names, which the program would read."""
    return stack_objects(keys(path).get("objects"), PROGRAM)[0].items


def refusal(path: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read_config(keys(path))
    return caught.value


def findings(path: Path) -> list[Finding]:
    """The errors of a stack file, and the warnings of the rule that the file is named for."""
    try:
        config = well_formed(keys(path), region=region(path))
    except ConfigError as error:
        return list(error.findings)
    found = in_order(config_findings(config, own_objects(path)))
    return [finding for finding in found if finding.severity == "error" or finding.rule == path.stem]


def breaks_the_rules(path: Path) -> bool:
    return any(finding.severity == "error" and not finding.source for finding in findings(path))


@pytest.fixture(scope="module", name="all_findings")
def _all_findings() -> list[Finding]:
    return [finding for path in FILES for finding in findings(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_bad_stack_file_gives_exactly_the_findings_that_it_names(path: Path) -> None:
    expected = EXPECTED.findall(path.read_text(encoding="utf-8"))
    found = [(finding.severity, dotted(finding.path)) for finding in findings(path)]
    assert found == [(severity or "error", place) for severity, place, _ in expected]
    for finding, (_, place, part) in zip(findings(path), expected, strict=True):
        assert part in f"{finding.message}; {finding.remedy}", place


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_expectation_is_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(EXPECTED.findall(text)) == text.count("expect") > 0


@pytest.mark.parametrize("path", list(filter(breaks_the_rules, FILES)), ids=lambda path: path.stem)
def test_the_report_names_every_path_and_says_it_in_two_lines(path: Path) -> None:
    error = refusal(path)
    report = str(error)
    assert all(f"  {dotted(finding.path)}" in report for finding in error.findings)
    assert len(report.splitlines()) == 1 + 2 * len(error.findings)


@pytest.mark.parametrize("name", list(CONFIG_RULES))
def test_every_rule_has_a_stack_file_that_breaks_it(name: str, all_findings: list[Finding]) -> None:
    assert name in {finding.rule for finding in all_findings}
    assert name in {path.stem for path in FILES}, "name a file as the rule, so that it is found"


@pytest.mark.parametrize("name", list(CONFIG_RULES))
def test_every_rule_has_a_stack_file_that_comes_near_and_keeps_it(name: str) -> None:
    path = TESTS / "good" / f"{name}.yaml"
    config = well_formed(keys(path), region=region(path))
    judged = silenced(config_findings(config, own_objects(path)), config.lint)
    assert [finding.rule for finding in [*judged.kept, *judged.unused]] == []


def test_a_good_stack_file_is_named_for_a_rule() -> None:
    assert {path.stem for path in GOOD} <= set(CONFIG_RULES)


@pytest.mark.parametrize("finding", [each for path in FILES for each in findings(path)], ids=lambda each: each.rule)
def test_a_finding_says_what_to_write(finding: Finding) -> None:
    assert finding.message
    assert finding.remedy or finding.rule == "shape"


def test_a_finding_names_a_rule_that_exists(all_findings: list[Finding]) -> None:
    assert {finding.rule for finding in all_findings} == set(CONFIG_RULES) | {"shape"}


@pytest.mark.parametrize("rule", CONFIG_RULES.values(), ids=lambda rule: rule.name)
def test_a_rules_docstring_is_a_sentence(rule: Any) -> None:
    sentence = rule.documentation.splitlines()[0]
    assert re.fullmatch(r"[A-Z][^\n]+\.", sentence)
    assert len(sentence.split()) > 4


@pytest.mark.parametrize("needs", [rule.needs for rule in CONFIG_RULES.values()], ids=list(CONFIG_RULES))
def test_a_rule_needs_sections_that_exist(needs: frozenset[str]) -> None:
    assert needs <= {field.alias for field in Config.model_fields.values()}


@pytest.mark.parametrize("name", SCALARS)
def test_every_named_scalar_has_a_stack_file_that_misspells_it(name: str, all_findings: list[Finding]) -> None:
    def misspelt(finding: Finding) -> bool:
        try:
            TypeAdapter(SCALARS[name]).validate_python(finding.value, strict=True)
        except ValidationError as error:
            of_this_type = [refused.message for refused in shape_findings(error, Config)]
            of_every_string = finding.message.startswith(("write a string", "YAML reads"))
            return of_this_type == [finding.message] and not of_every_string
        return False

    assert any(misspelt(finding) for finding in all_findings if finding.rule == "shape")


def test_a_doubled_name_is_traced_to_its_own_place_beside_a_broken_item() -> None:
    report = str(refusal(TESTS / "bad" / "several_problems_at_once.yaml"))
    assert "app cart is used twice; change one of them (the first is at fairlead:apps[2].name)" in report


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_stack_file_has_nothing_to_fix(path: Path) -> None:
    config = well_formed(keys(path), region=region(path))
    judged = silenced(config_findings(config), config.lint)
    assert [*judged.kept, *judged.unused] == []


def with_a_key_that_does_not_exist(whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Once in each section, and once in each item of those that are lists."""
    for section, value in whole.items():
        for place in range(len(value)) if isinstance(value, list) else [None]:
            other = deepcopy(whole)
            part = other[section] if place is None else other[section][place]
            if isinstance(part, dict):
                part["noSuchKey"] = 1
                yield f"{section}[{place}]", other


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_key_that_does_not_exist_is_the_only_error_wherever_it_is(path: Path) -> None:
    for place, raw in with_a_key_that_does_not_exist(keys(path)):
        with pytest.raises(ConfigError) as caught:
            well_formed(raw, region=region(path))
        assert [each.rule for each in caught.value.findings] == ["shape"], place


def test_a_stack_file_that_says_nothing_lacks_a_cluster_and_nothing_else() -> None:
    with pytest.raises(ConfigError) as caught:
        read_config({})
    assert str(caught.value).splitlines() == [
        "the stack file has one thing to fix:",
        "  fairlead:cluster",
        f"      is missing; {TWO_FORMS}",
    ]
