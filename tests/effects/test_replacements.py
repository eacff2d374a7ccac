"""Does a diff say what is replaced, and who protects or reaches it?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Side
from fairlead.effects.resources import replacement_watcher as replacements
from fairlead.effects.resources import resource_option_watcher as resource_options
from fairlead.evaluation.snapshot import UNKNOWN
from tests.fixtures.compared import aws, compared, release, side
from tests.fixtures.security_objects import PROVIDER, deployment, namespace, plain, said, with_options

pytestmark = pytest.mark.mesh


def renamed(of: Side, name: str) -> Side:
    """The side, with another logical name for its custom resources."""
    resources = tuple(
        replace(each, urn=f"{each.urn.rpartition('::')[0]}::{name}", name=name) if each.custom else each
        for each in of.snapshot.resources
    )
    return replace(of, snapshot=replace(of.snapshot, resources=resources))


def test_a_deployment_with_another_selector_is_gone_for_a_while() -> None:
    old, new = deployment("web", "shop"), deployment("web", "shop")
    new["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    assert said(replacements.watch, compared([old], [new])) == [
        "INTERRUPTS Deployment web/shop: deleted, then created again, because spec.selector cannot be changed in "
        "place: its pods "
        "are gone until the new ones are ready"
    ]
    assert said(replacements.watch, compared([old], [new], deploys=False)) == []


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (plain("ConfigMap", "a", data={"x": "1"}), plain("ConfigMap", "a", data={"x": "2"}), "data"),
        (plain("Secret", "a", data={"x": "1"}), plain("Secret", "a", data={"x": "2"}), "data"),
        (plain("Service", "a", spec={"clusterIP": "None"}), plain("Service", "a", spec={}), "spec.clusterIP"),
        (plain("Job", "a", spec={"template": {"a": 1}}), plain("Job", "a", spec={"template": {}}), "spec.template"),
        (release("a", "x"), release("a", "x", namespace="other"), "namespace"),
        (
            aws("aws:ec2/securityGroup:SecurityGroup", "a", description="x"),
            aws("aws:ec2/securityGroup:SecurityGroup", "a", description="y"),
            "description",
        ),
        (
            aws("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "a", cidrIpv4="10.0.0.0/8"),
            aws("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "a", cidrIpv6="::/0"),
            "cidrIpv4 and cidrIpv6",
        ),
        (
            aws("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "a", securityGroupId="x"),
            aws("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "a", securityGroupId="y"),
            "securityGroupId",
        ),
    ],
)
def test_what_cannot_change_in_place_is_replaced(old: dict[str, Any], new: dict[str, Any], path: str) -> None:
    (sentence,) = said(replacements.watch, compared([old], [new]))
    assert f"because {path} cannot be changed in place" in sentence


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (plain("Service", "a", spec={"type": "ClusterIP"}), plain("Service", "a", spec={"type": "NodePort"})),
        (release("a", "x", version="1"), release("a", "x", version="2")),
        (
            aws("aws:ec2/securityGroup:SecurityGroup", "a", vpcId="vpc-1"),
            aws("aws:ec2/securityGroup:SecurityGroup", "a", vpcId=UNKNOWN),
        ),
    ],
)
def test_what_can_change_or_is_not_known_is_not_called_replaced(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert said(replacements.watch, compared([old], [new])) == []


def test_a_secret_never_appears_when_it_is_replaced() -> None:
    old, new = (plain("Secret", "a", data={"password": value}) for value in ("first-value", "second-value"))
    for effect in replacements.watch(compared([old], [new])):
        assert "-value" not in f"{effect.sentence} {effect.advice}"


def test_an_input_that_is_ignored_replaces_nothing() -> None:
    before, after = side([plain("ConfigMap", "a", data={"x": "1"})]), side([plain("ConfigMap", "a", data={})])
    ignoring = with_options(after, ignoreChanges=["data"])
    assert said(replacements.watch, compare(with_options(before, ignoreChanges=["data"]), ignoring)) == []


def test_a_protected_resource_stops_the_update() -> None:
    before, after = side([plain("ConfigMap", "a", data={"x": "1"})]), side([plain("ConfigMap", "a", data={})])
    (effect,) = replacements.watch(compare(with_options(before, protect=True), with_options(after, protect=True)))
    assert effect.advice.startswith("it is protected, so the update fails")


def test_a_name_that_no_alias_announces_stops_the_update() -> None:
    for objects, reason in (
        ([release("istiod", "istiod")], "name that is still in use"),
        ([namespace("web")], "exists"),
    ):
        (effect,) = replacements.watch(compare(side(objects), renamed(side(objects), "other")))
        assert reason in effect.text
        assert effect.text.endswith("and so does the update")
        assert "aliases" in effect.advice


def test_a_provider_that_adopts_what_exists_deletes_it_afterwards() -> None:
    provider = aws(PROVIDER, "kubernetes", upsertExistingObjects="true")
    before, after = side([provider, namespace("web")]), renamed(side([provider, namespace("web")]), "other")
    urn = next(each.urn for each in after.snapshot.resources if each.type == PROVIDER)
    reached = tuple(replace(each, provider="" if each.urn == urn else urn) for each in after.snapshot.resources)
    after = replace(after, snapshot=replace(after.snapshot, resources=reached))
    sentences = said(replacements.watch, compare(before, after))
    assert any(each.startswith("INTERRUPTS Namespace web") and "deleted as the old one" in each for each in sentences)


def test_a_chart_whose_selector_changes_cannot_be_upgraded() -> None:
    old, new = deployment("web", "shop"), deployment("web", "shop")
    new["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    sides: list[Side] = []
    for version, brought in (("1", old), ("2", new)):
        one = side([release("shop", "shop", version=version)])
        (urn,) = (each.urn for each in one.snapshot.resources if each.is_release)
        sides.append(replace(one, charts={urn: (brought,)}))
    assert said(replacements.watch, compare(*sides)) == [
        "INTERRUPTS Deployment web/shop: spec.selector cannot be changed in place, so the upgrade of release "
        "istio-system/shop fails"
    ]


def options(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    objects = [namespace("web")]
    return said(
        resource_options.watch, compare(with_options(side(objects), **before), with_options(side(objects), **after))
    )


def test_options_of_a_resource_say_who_deletes_it() -> None:
    assert options({"protect": True}, {}) == [
        "DELETES Namespace web: no longer protected: an update may delete or replace it"
    ]
    assert options({}, {"protect": True})[0].startswith("- Namespace web: protected")
    assert options({"retainOnDelete": True}, {}) == [
        "DELETES Namespace web: deleted when it is removed from the stack from now on"
    ]
    assert options({}, {"deletedWith": "urn:pulumi:a::b::c::owner"})[0].endswith("is deleted with owner from now on")


def provider(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    sides = [[aws(PROVIDER, "kubernetes", **each)] for each in (before, after)]
    return said(resource_options.watch, compared(*sides))


def test_another_cluster_replaces_all() -> None:
    (sentence,) = provider({"clusterIdentifier": "a"}, {"clusterIdentifier": "b"})
    assert sentence.startswith("INTERRUPTS provider kubernetes: cluster b instead of a")
    assert provider({"clusterIdentifier": "a", "context": "x"}, {"clusterIdentifier": "a", "context": "y"}) == []
    (sentence,) = provider({"context": "x"}, {"context": "y"})
    assert sentence.startswith("REPLACES provider kubernetes: context changed")


def test_a_provider_in_place_of_another_counts_what_it_reaches() -> None:
    def reached(name: str, cluster: str) -> Side:
        whole = side([aws(PROVIDER, name, clusterIdentifier=cluster), namespace("web")])
        (urn,) = (each.urn for each in whole.snapshot.resources if each.type == PROVIDER)
        resources = tuple(each if each.urn == urn else replace(each, provider=urn) for each in whole.snapshot.resources)
        return replace(whole, snapshot=replace(whole.snapshot, resources=resources))

    (sentence,) = said(resource_options.watch, compare(reached("old", "a"), reached("new", "b")))
    assert sentence == (
        "INTERRUPTS provider new: cluster b instead of a: its resources (1) are created in the new cluster and "
        "deleted in the old one"
    )
    assert said(resource_options.watch, compare(reached("old", "a"), reached("new", "a"))) == []


def test_another_region_leaves_what_is_in_the_old_one() -> None:
    sides = [[aws("pulumi:providers:aws", "aws", region=region)] for region in ("eu-west-1", "us-east-1")]
    assert said(resource_options.watch, compared(*sides)) == [
        "REPLACES provider aws: region changes from eu-west-1 to us-east-1"
    ]


def test_a_kubeconfig_is_never_shown() -> None:
    for sentence in provider({"kubeconfig": "token-one"}, {"kubeconfig": "token-two"}):
        assert "token" not in sentence
