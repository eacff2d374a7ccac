"""Does lint keep its word for every config that the model takes, and its head for every object it is given?"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fairlead_mesh.config import Config
from fairlead_mesh.findings import ConfigError, Finding
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.lint.object_findings import object_findings
from fairlead_mesh.lint.rule import CONFIG_RULES, OBJECT_RULES
from fairlead_mesh.lint.stack.stack_lint import stack_findings, stack_graph
from fairlead_mesh.model.graph import graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.reading.object_files import read_objects
from fairlead_mesh.stack import well_formed
from tests.fixtures.checkout import TESTS
from tests.fixtures.stacks.silly_configs import CONFIGS

pytestmark = pytest.mark.mesh

BOUNDED = settings(max_examples=150, derandomize=True, deadline=None, database=None)
WORLDS = [
    [item.manifest for item in read_objects([str(path)]).items]
    for path in sorted((TESTS / "lint").glob("*.*.yaml"))
    if not path.name.endswith(".mesh-config.yaml")
]
JUNK = st.sampled_from(
    [None, "", "*", "junk", -1, 0, 3.5, True, [], [None], ["junk"], [[]], [{}], {}, {"junk": {}}, {"": 1}]
)


def taken(raw: dict[str, Any]) -> Config:
    """The config, where it has the shape of one."""
    try:
        return well_formed(raw)
    except ConfigError:
        assume(False)
        raise


def errors(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.message) for finding in found if finding.severity == "error"]


@BOUNDED
@given(CONFIGS)
def test_what_lint_finds_nothing_in_is_right_as_plain_objects_too(raw: dict[str, Any]) -> None:
    config = taken(raw)
    if not stack_findings(config, []).findings:
        mesh = stack_graph(config, [])
        whole = graph(mesh.items, closed=True, root_namespace=mesh.root_namespace, mesh_config=mesh.mesh_config)
        assert errors(object_findings(whole)) == []


@BOUNDED
@given(CONFIGS)
def test_a_finding_has_a_rule_a_reason_and_a_place_in_its_section(raw: dict[str, Any]) -> None:
    sections = {str(field.alias) for field in Config.model_fields.values()}
    for finding in stack_findings(taken(raw), []).findings:
        assert finding.rule in {**CONFIG_RULES, **OBJECT_RULES}
        assert finding.message
        assert finding.path[0] in sections
        section = raw.get(str(finding.path[0]))
        if isinstance(section, list) and len(finding.path) > 1:
            assert finding.path[1] in range(len(section))


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of everything below a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield (*path, key)
        yield from places(below, (*path, key))


def mutilated(manifest: Manifest, path: tuple[str | int, ...], junk: Any) -> Manifest:
    result: Any = copy.deepcopy(manifest)
    place = result
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = junk
    return result


@settings(BOUNDED, max_examples=600)
@given(st.data())
def test_no_rule_raises_whatever_an_object_holds(data: st.DataObject) -> None:
    world = list(data.draw(st.sampled_from(WORLDS)))
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(st.integers(0, len(world) - 1))
        found = list(places(world[index]))
        if found:
            world[index] = mutilated(world[index], data.draw(st.sampled_from(found)), data.draw(JUNK))
    items = [Item(manifest, source="junk.yaml", document=number) for number, manifest in enumerate(world)]
    for closed in (True, False):
        for finding in object_findings(graph(items, closed=closed)):
            assert finding.message


@settings(BOUNDED, max_examples=100)
@given(JUNK | st.dictionaries(st.sampled_from(["rootNamespace", "extensionProviders", "defaultConfig"]), JUNK))
def test_no_rule_raises_whatever_the_mesh_config_holds(junk: Any) -> None:
    config = junk if isinstance(junk, dict) else {"extensionProviders": junk}
    for world in WORLDS[::7]:
        object_findings(graph([Item(manifest) for manifest in world], closed=True, mesh_config=config))


def test_there_are_objects_of_many_kinds_to_mutilate() -> None:
    assert len({manifest.get("kind") for world in WORLDS for manifest in world}) > 8
    assert Path(TESTS / "lint").is_dir()
