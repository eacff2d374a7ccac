"""What does the schema check say, and what does it leave to the rules that say it better?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.lint.object_findings import object_findings
from fairlead_mesh.lint.schema.violations import violations
from fairlead_mesh.model.graph import graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.reading.documents import yaml_objects
from tests.fixtures.checkout import TESTS

pytestmark = pytest.mark.mesh

NEAREST = {
    "timeOut": "timeout",
    "retrys": "retries",
    "Match": "match",
    "rewrites": "rewrite",
    "cors_policy": "corsPolicy",
    "directresponse": "directResponse",
}


def virtual_service(**route: Any) -> Item:
    spec = {"hosts": ["web"], "http": [{"route": [{"destination": {"host": "web"}}], **route}]}
    return Item(
        {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {}, "spec": spec},
        source="routes.yaml",
    )


@pytest.mark.parametrize(("written", "meant"), NEAREST.items())
def test_the_nearest_field_is_named(written: str, meant: str) -> None:
    (found,) = violations(virtual_service(**{written: None}))
    assert (found.path, found.what, found.remedy) == (("spec", "http", 0, written), "unknown", f"write {meant}")


def test_a_field_that_belongs_one_level_down_is_moved_there() -> None:
    (found,) = violations(virtual_service(attempts=3))
    assert found.remedy == "move it into retries"


def test_a_field_beside_the_spec_is_moved_into_it() -> None:
    item = virtual_service()
    (found,) = violations(Item({**item.manifest, "hosts": ["web"]}))
    assert (found.path, found.remedy) == (("hosts",), "move it into spec")


def test_a_list_is_written_for_a_text_and_quotes_for_a_number() -> None:
    found = violations(virtual_service(name=7, match={"uri": {"prefix": "/"}}, headers=[]))
    assert [each.remedy for each in found] == [
        'put it in quotes: "7"',
        "put a - before each item",
        "remove the - before it: this is one map, not a list",
    ]


def test_where_a_rule_has_better_words_the_schema_is_silent() -> None:
    item = virtual_service(timeout="10 seconds")
    assert [each.path for each in violations(item)] == [("spec", "http", 0, "timeout")]
    rules = [each.rule for each in object_findings(graph([item], closed=False)) if "timeout" in each.path]
    assert rules == ["durations_of_routes_are_durations"]


def test_a_misspelt_field_is_said_also_where_a_rule_misses_what_it_was_to_be() -> None:
    rules = [{"from": [{"principals": ["*"]}]}]
    manifest = {"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy", "spec": {"rules": rules}}
    found = {each.rule for each in object_findings(graph([Item(manifest)], closed=False))}
    assert {"istio_fields_exist", "policy_rules_say_something"} <= found


def test_what_kustomize_merges_into_another_object_is_not_judged_as_a_whole_one() -> None:
    item = virtual_service(timeOut="5s")
    assert violations(Item({**item.manifest, "$patch": "merge"})) == ()


@pytest.mark.scale
def test_what_real_meshes_run_with_fits_the_schema() -> None:
    folder = TESTS / "truth"
    cases = [yaml_objects(path.read_text())[0].get("objects", []) for path in sorted((folder / "cases").glob("*.yaml"))]
    manifests = [*yaml_objects((folder / "world.yaml").read_text()), *(each for objects in cases for each in objects)]
    istio = [each for each in manifests if ".istio.io/" in str(each.get("apiVersion"))]
    assert len(istio) > 500
    assert [(each["metadata"], found) for each in istio if (found := violations(Item(each)))] == []
