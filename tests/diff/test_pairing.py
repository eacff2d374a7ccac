"""Which resource of one side is which of the other? By URN, alias, parent's alias, and place on the cluster."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.comparison.comparison import How
from fairlead.comparison.pairing import pairs
from fairlead.evaluation.snapshot import HELM_RELEASE, STACK_TYPE, Resource, Snapshot

pytestmark = pytest.mark.mesh

PREFIX = "urn:pulumi:test::fairlead"
ROOT = Resource(f"{PREFIX}::{STACK_TYPE}::fairlead-test", STACK_TYPE, "fairlead-test", "", False, {})
SERVICE = "kubernetes:core/v1:Service"
COMPONENT = "fairlead:components:AppRouting"


def snapshot(*resources: Resource) -> Snapshot:
    return Snapshot("fairlead", "test", (ROOT, *resources), {})


def component(name: str, kind: str = COMPONENT, **options: Any) -> Resource:
    return Resource(f"{PREFIX}::{kind}::{name}", kind, name, ROOT.urn, False, {}, options=options)


def service(name: str, parent: Resource = ROOT, *, physical: str = "web", **options: Any) -> Resource:
    inputs = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": physical, "namespace": "shop"}}
    qualified = SERVICE if parent is ROOT else f"{parent.type}${SERVICE}"
    return Resource(f"{PREFIX}::{qualified}::{name}", SERVICE, name, parent.urn, True, inputs, options=options)


def told(before: Snapshot, after: Snapshot) -> list[tuple[str, str, How]]:
    return [
        (each.before.name if each.before else "", each.after.name if each.after else "", each.how)
        for each in pairs(before, after)
    ]


def test_one_urn_is_one_resource() -> None:
    assert told(snapshot(service("a")), snapshot(service("a", physical="b"))) == [("a", "a", How.CHANGED)]


def test_another_stack_of_the_program_pairs_by_the_rest_of_the_urn() -> None:
    other = Resource("urn:pulumi:prod::fairlead::" + service("a").urn.split("::", 2)[2], SERVICE, "a", "", True, {})
    assert told(snapshot(service("a")), Snapshot("fairlead", "prod", (other,), {})) == [("a", "a", How.CHANGED)]


@pytest.mark.parametrize(
    "alias",
    [
        f"{PREFIX}::{SERVICE}::old",
        "name=old",
        f"name=old, type={SERVICE}",
        f"name=old, parentUrn={ROOT.urn}",
        "name=old, noParent=True",
    ],
)
def test_an_alias_makes_it_a_rename(alias: str) -> None:
    after = snapshot(service("new", physical="other", aliases=[alias]))
    assert told(snapshot(service("old")), after) == [("old", "new", How.RENAMED)]


def test_an_alias_of_the_parents_type_holds_for_the_child() -> None:
    before, after = component("shop"), component("shop", "fairlead:components:Routes", aliases=[f"type={COMPONENT}"])
    found = told(snapshot(before, service("routes", before)), snapshot(after, service("routes", after)))
    assert found == [("routes", "routes", How.RENAMED)]


def test_a_child_that_is_named_after_its_parent_goes_along() -> None:
    before, after = component("shop"), component("store", aliases=["name=shop"])
    old, new = service("shop-routes", before, physical="a"), service("store-routes", after, physical="b")
    assert told(snapshot(before, old), snapshot(after, new)) == [("shop-routes", "store-routes", How.RENAMED)]


def test_a_resource_that_moved_below_a_component_is_found_by_its_alias() -> None:
    parent = component("shop")
    after = snapshot(parent, service("web", parent, aliases=[f"{PREFIX}::{SERVICE}::web"]))
    assert told(snapshot(service("web")), after) == [("web", "web", How.RENAMED)]


def test_an_alias_without_a_parent_is_found_at_the_root() -> None:
    parent = component("shop")
    after = snapshot(parent, service("web", parent, physical="other", aliases=["name=web, noParent=True"]))
    assert told(snapshot(service("web")), after) == [("web", "web", How.RENAMED)]


def test_without_an_alias_the_same_object_is_recreated() -> None:
    assert told(snapshot(service("old")), snapshot(service("new"))) == [("old", "new", How.RECREATED)]


def test_a_release_is_told_by_its_name_and_namespace() -> None:
    def release(name: str) -> Resource:
        inputs = {"name": "istiod", "namespace": "istio-system", "chart": "istiod"}
        return Resource(f"{PREFIX}::{HELM_RELEASE}::{name}", HELM_RELEASE, name, ROOT.urn, True, inputs)

    assert told(snapshot(release("a")), snapshot(release("b"))) == [("a", "b", How.RECREATED)]


def test_another_object_is_added_and_the_former_one_removed() -> None:
    found = told(snapshot(service("old")), snapshot(service("new", physical="other")))
    assert found == [("", "new", How.ADDED), ("old", "", How.REMOVED)]


def test_a_patch_has_no_place_of_its_own() -> None:
    def patch(name: str) -> Resource:
        kind = "kubernetes:core/v1:NamespacePatch"
        inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hello"}}
        return Resource(f"{PREFIX}::{kind}::{name}", kind, name, ROOT.urn, True, inputs)

    assert {how for _, _, how in told(snapshot(patch("a")), snapshot(patch("b")))} == {How.ADDED, How.REMOVED}


def test_components_and_what_is_only_read_are_no_changes() -> None:
    read = Resource(f"{PREFIX}::{SERVICE}::read", SERVICE, "read", ROOT.urn, True, {}, read=True)
    assert told(snapshot(), snapshot(component("shop"), read)) == []
