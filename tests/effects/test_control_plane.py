"""Does a diff say what becomes of Istio itself, and of those whom it injects?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.effects.effect import Grade, Hurt, Kind
from fairlead.effects.installation import control_plane_watcher as control_plane
from fairlead.effects.installation import extension_provider_watcher as extension_providers
from fairlead.effects.installation import istio_revision_watcher as istio_revisions
from fairlead.effects.installation import istiod_watcher as istiod_settings
from fairlead.effects.installation import mesh_config_watcher as mesh_config
from fairlead_mesh.versions import ISTIO_VERSION
from tests.fixtures.compared import compared, release
from tests.fixtures.security_objects import namespace, said

pytestmark = pytest.mark.mesh


def istio(chart: str, version: str) -> list[dict[str, Any]]:
    return [release(chart, chart, version=version)]


def versions(before: list[Any], after: list[Any], **keys: Any) -> list[str]:
    return said(control_plane.watch, compared(before, after, **keys))


def config(old: dict[str, Any], new: dict[str, Any], **keys: Any) -> list[str]:
    sides = [[release("istiod", "istiod", meshConfig=each)] for each in (old, new)]
    return said(mesh_config.watch, compared(*sides, **keys))


def test_sidecars_keep_the_old_proxy() -> None:
    assert versions(istio("istiod", "1.27.3"), istio("istiod", "1.28.0")) == [
        "CONTROL_PLANE istiod 1.27.3 to 1.28.0: sidecars keep the old proxy version until their pods restart"
    ]


def test_a_skipped_minor_version_is_a_risk() -> None:
    (sentence,) = versions(istio("istiod", "1.27.3"), istio("istiod", "1.30.0"))
    assert sentence == (
        "CONTROL_PLANE istiod 1.27.3 to 1.30.0: skips 1.28 and 1.29 (Istio supports upgrades of one minor version "
        "at a time); sidecars keep the old proxy version until their pods restart"
    )


def whole(version: str, **versions: str) -> list[dict[str, Any]]:
    charts = ("base", "istiod", "cni", "ztunnel")
    gateways = [release(name, "gateway", version=versions.get(name, version)) for name in ("edge", "inner")]
    return [*(each for chart in charts for each in istio(chart, version)), *gateways]


def test_an_upgrade_is_one_sentence_however_many_charts_it_moves() -> None:
    (found,) = control_plane.watch(compared(whole("1.30.3"), whole("1.31.1")))
    assert found.sentence == (
        "Istio 1.30.3 to 1.31.1: Istio's CRDs change, sidecars keep the old proxy version until their pods restart, "
        "the pods of edge and inner restart with the new proxy, pods that start while the CNI agent of their node "
        "restarts wait for it and long-lived connections of ambient pods break when ztunnel restarts on each node"
    )
    assert found.advice == "restart the injected workloads afterwards, one namespace at a time"
    assert (found.hurt, found.kind, found.grade) == (Hurt.CONTROL_PLANE, Kind.RISK, Grade.MEDIUM)


def test_a_chart_that_stays_behind_in_an_upgrade_is_told() -> None:
    sentences = versions(whole("1.29.0", inner="1.29.1"), whole("1.30.0", inner="1.29.1"))
    assert len(sentences) == 2
    assert "CONTROL_PLANE gateway inner: chart version 1.29.1 with istiod 1.30" in sentences
    (other,) = [each for each in sentences if "inner:" not in each]
    assert "the pods of edge restart" in other


def test_a_gateway_alone_restarts_its_pods() -> None:
    sides = [[release("edge", "gateway", version=version)] for version in ("1.30.0", "1.30.1")]
    assert versions(*sides) == ["RESTARTS gateway edge 1.30.0 to 1.30.1: the pods of edge restart with the new proxy"]


def test_a_way_back_is_told() -> None:
    (found,) = control_plane.watch(compared(istio("istiod", "1.28.0"), istio("istiod", "1.27.3")))
    assert found.text == "downgrade to an older version; sidecars keep the old proxy version until their pods restart"
    assert found.advice.startswith("roll back at most one minor version")


def test_two_stacks_have_versions_and_no_upgrade() -> None:
    assert versions(istio("istiod", "1.27.3"), istio("istiod", "1.28.0"), deploys=False) == [
        "- istiod: version is 1.27.3 in before, 1.28.0 in after"
    ]


def test_a_chart_from_a_folder_or_a_registry_is_known_by_its_last_word() -> None:
    for chart in ("oci://registry.example.com/charts/istiod", "manifests/istio-control/istio-discovery/"):
        sides = [[release("istiod", chart, version=version)] for version in ("1.30.0", "1.30.1")]
        assert len(versions(*sides)) == 1


def test_charts_of_other_minor_versions_are_told_once_they_part() -> None:
    before = [*istio("istiod", "1.29.0"), *istio("base", "1.29.0")]
    apart = [*istio("istiod", "1.30.0"), *istio("base", "1.29.0")]
    expected = "CONTROL_PLANE base: version 1.29.0 with istiod 1.30: the CRDs may lack fields"
    assert expected in versions(before, apart)
    assert versions(apart, apart) == []


def test_a_mesh_without_istiod_is_interrupted() -> None:
    (sentence,) = versions(istio("istiod", "1.30.0"), [])
    assert sentence.startswith("INTERRUPTS istiod 1.30.0: no istiod is left")


def test_a_chart_that_the_pods_need_is_missed() -> None:
    assert versions(istio("ztunnel", "1.30.0"), []) == [
        "INTERRUPTS ztunnel 1.30.0: ambient pods lose their connection to the mesh"
    ]
    (sentence,) = versions(istio("cni", "1.30.0"), [])
    assert sentence.startswith("INTERRUPTS cni 1.30.0: new pods set up traffic redirection themselves")
    second = release("second", "istiod", revision="second")
    (sentence,) = versions([*istio("istiod", "1.30.0"), second], istio("istiod", "1.30.0"))
    assert sentence == f"CONTROL_PLANE istiod (second) {ISTIO_VERSION}: uninstalled"


def test_the_revision_that_validates_objects_is_told() -> None:
    sides = [[release("base", "base", defaultRevision=revision)] for revision in ("default", "")]
    assert said(istio_revisions.watch, compared(*sides)) == [
        "CONTROL_PLANE istiod: the revision that validates Istio objects changes from default to none"
    ]


def test_several_revisions_are_a_risk() -> None:
    second = release("canary", "istiod", revision="canary")
    (sentence,) = said(istio_revisions.watch, compared(istio("istiod", "1.30.3"), [*istio("istiod", "1.30.3"), second]))
    assert sentence == "CONTROL_PLANE istiod: several revisions run side by side: canary and default from now on"


def test_a_revision_that_namespaces_still_use_is_missed() -> None:
    both = [*istio("istiod", "1.30.3"), release("canary", "istiod", revision="canary")]
    users = [
        namespace("web", revision="canary"),
        namespace("shop", revision="canary"),
        namespace("hello", injection="enabled"),
    ]
    sentences = said(istio_revisions.watch, compared([*both, *users], [both[0], *users]))
    assert sentences == [
        "INTERRUPTS namespaces shop and web: no istiod of this stack has revision canary: new pods get no sidecar, "
        "running ones no configuration"
    ]


def test_an_istiod_of_another_revision_is_told() -> None:
    sides = [[release("istiod", "istiod", revision=revision)] for revision in ("1-29", "1-30")]
    assert said(istio_revisions.watch, compared(*sides)) == [
        "CONTROL_PLANE istiod istio-system/istiod: revision changes from 1-29 to 1-30"
    ]


def test_a_revision_tag_serves_those_who_ask_for_it() -> None:
    tagged = release("istiod", "istiod", revision="1-30", revisionTags=["default", "prod"])
    users = [namespace("web", revision="prod"), namespace("hello", injection="enabled")]
    assert said(istio_revisions.watch, compared([tagged, *users], [tagged, *users])) == []
    moved = [
        release("istiod", "istiod", revision="1-30"),
        release("new", "istiod", revision="1-31", revisionTags=["prod"]),
    ]
    sentences = said(istio_revisions.watch, compared([tagged, *users], [*moved, *users]))
    assert "CONTROL_PLANE revision tag prod: revision changes from 1-30 to 1-31" in sentences
    assert any("namespace hello: no istiod of this stack has revision default" in each for each in sentences)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {"accessLogFile": "/dev/stdout"}, "- mesh config: every proxy logs each request from now on"),
        (
            {},
            {"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}},
            "INTERRUPTS mesh config: requests to hosts without a Service or ServiceEntry get 502 or a connection "
            "reset from now "
            "on",
        ),
        (
            {"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}},
            {},
            "EXPOSES mesh config: requests to any host outside the mesh are allowed from now on",
        ),
        (
            {},
            {"enableAutoMtls": False},
            "INTERRUPTS mesh config: sidecars send plain text unless a DestinationRule sets TLS from now on",
        ),
        (
            {},
            {"trustDomain": "example.com"},
            "REFUSES mesh config: the trust domain changes from cluster.local to example.com",
        ),
        (
            {},
            {"discoverySelectors": [{"matchLabels": {"mesh": "yes"}}]},
            "INTERRUPTS mesh config: istiod watches only the namespaces that its discoverySelectors match from now on",
        ),
        (
            {},
            {"defaultConfig": {"concurrency": 2}},
            "CONTROL_PLANE mesh config: defaultConfig.concurrency changes from its default to 2",
        ),
        (
            {},
            {"defaultConfig": {"holdApplicationUntilProxyStarts": True}},
            "- mesh config: apps of new pods wait until their proxy is ready from now on",
        ),
        ({}, {"ingressClass": "x"}, "- mesh config: ingressClass changes from its default to x"),
    ],
)
def test_mesh_config_is_told_by_what_it_does(old: dict[str, Any], new: dict[str, Any], expected: str) -> None:
    assert config(old, new) == [expected]


def test_values_that_are_a_secret_as_a_whole_say_nothing() -> None:
    open_values, hidden = release("istiod", "istiod", meshConfig={"accessLogFile": "x"}), release("istiod", "istiod")
    hidden["values"] = "[secret]"
    comparison = compared([open_values], [hidden])
    assert said(mesh_config.watch, comparison) == said(istiod_settings.watch, comparison) == []


def test_extension_providers_come_go_and_lead_elsewhere() -> None:
    def provider(name: str, service: str) -> dict[str, Any]:
        return {"name": name, "zipkin": {"service": service, "port": 9411}}

    sides = [
        [release("istiod", "istiod", meshConfig={"extensionProviders": each})]
        for each in ([provider("a", "x"), provider("b", "x")], [provider("b", "y"), provider("c", "x")])
    ]
    assert said(extension_providers.watch, compared(*sides)) == [
        "- mesh config: extension provider c is defined from now on",
        "CONTROL_PLANE mesh config: extension provider a is no longer defined",
        "- mesh config: extension provider b changes from zipkin at x:9411 to zipkin at y:9411",
    ]


def test_the_pods_and_images_of_istiod_are_told() -> None:
    old: dict[str, Any] = {"autoscaleMin": 2, "env": {"PILOT_TRACE": "a"}, "hub": "a", "global": {"hub": "a"}}
    alone: dict[str, Any] = {"autoscaleEnabled": False, "replicaCount": 1}
    new: dict[str, Any] = {**alone, "env": {"PILOT_TRACE": "b"}, "hub": "b", "global": {"hub": "b"}}
    sides = [[{**release("istiod", "istiod"), "values": values}] for values in (old, new)]
    assert said(istiod_settings.watch, compared(*sides)) == [
        "CONTROL_PLANE istiod: runs 1 pod instead of 2 to 5 pods",
        "CONTROL_PLANE istiod: hub changes from a to b",
        "CONTROL_PLANE istiod: env.PILOT_TRACE changes from a to b",
    ]
