"""Does a route look closed where a policy refuses all of its requests, and a gateway the same whoever it is open to?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fairlead.evaluation.snapshot import Resource, Snapshot
from fairlead.picture.command import picture_files
from fairlead.picture.layout.lane_layout import lane_styles
from fairlead.picture.model.model import Line
from fairlead.picture.model.reading import picture
from tests.fixtures.evaluated import evaluated
from tests.fixtures.picture.parts import app
from tests.fixtures.picture.stacks import manifest

pytestmark = pytest.mark.snapshot

FRONT = {"name": "istio-ingress"}
HELLO: dict[str, Any] = {
    "name": "helloworld",
    "namespace": "hello",
    "port": 5000,
    "gateways": ["istio-ingress"],
    "hosts": ["hello.example.com"],
    "versions": [{"name": "v1"}, {"name": "v2"}],
    "routes": [{"weights": {"v1": 70, "v2": 30}}],
}
NOBODY = {"action": "ALLOW"}
ONLY_INGRESS = {"rules": [{"from": [{"source": {"namespaces": ["istio-ingress"]}}]}]}
ONLY_WEB = {"rules": [{"from": [{"source": {"principals": ["cluster.local/ns/web/sa/front"]}}]}]}


def policy(name: str, spec: dict[str, Any], namespace: str = "hello", **annotations: str) -> Resource:
    metadata = {"annotations": annotations}
    kind = "AuthorizationPolicy"
    return manifest("security.istio.io/v1", kind, name, namespace=namespace, spec=spec, metadata=metadata)


def mesh(*policies: Resource, gateways: tuple[str, ...] = ("istio-ingress",)) -> Snapshot:
    base = evaluated(
        gateways=[FRONT],
        samples=[{"name": "helloworld", "namespace": "hello"}],
        apps=[{**HELLO, "gateways": [*gateways]}],
    )
    return replace(base, resources=(*base.resources, *policies))


def line(*policies: Resource, **more: Any) -> Line:
    (strand,) = app(picture(mesh(*policies, **more)), "helloworld").strands
    return strand.lines[0]


@pytest.mark.parametrize(
    "closing",
    [
        policy("p", NOBODY),
        policy("p", NOBODY, "istio-system"),
        policy("p", ONLY_WEB),
        policy("p", {"action": "DENY", "rules": [{}]}),
        policy("p", {"action": "DENY", "rules": [{"from": [{"source": {"namespaces": ["istio-*"]}}]}]}),
        policy("p", {"action": "DENY", "rules": [{}]}, "istio-ingress"),
        policy("p", ONLY_WEB, "istio-ingress", **{"istio.io/dry-run": "false"}),
    ],
    ids=["nobody", "mesh", "other", "deny", "deny gateways", "at the gateway", "callers without identity"],
)
def test_a_route_whose_every_request_is_refused_is_closed(closing: Resource) -> None:
    name = f"AuthorizationPolicy {closing.inputs['metadata']['namespace']}/p"
    assert [share.closed for share in line(closing).shares] == [name, name]


@pytest.mark.parametrize(
    "leaving",
    [
        policy("p", ONLY_INGRESS),
        policy("p", NOBODY, "elsewhere"),
        policy("p", NOBODY, **{"istio.io/dry-run": "true"}),
        policy("p", {"action": "DENY", "rules": [{"to": [{"operation": {"paths": ["/admin"]}}]}]}),
        policy("p", {"action": "AUDIT", "rules": [{}]}),
        policy("p", {**NOBODY, "selector": {"matchLabels": {"app": "other"}}}),
        policy("p", {**NOBODY, "targetRefs": [{"kind": "Service", "name": "other"}]}),
        policy("p", {"rules": [{"to": [{"operation": {"methods": ["GET"]}}]}]}),
    ],
)
def test_a_route_that_lets_some_request_through_is_open(leaving: Resource) -> None:
    assert [share.closed for share in line(leaving).shares] == ["", ""]


def test_a_second_policy_opens_what_the_first_leaves_closed() -> None:
    assert [share.closed for share in line(policy("a", ONLY_WEB), policy("b", ONLY_INGRESS)).shares] == ["", ""]


def test_one_version_is_closed_by_itself() -> None:
    shut = policy("p", {"action": "DENY", "rules": [{}], "selector": {"matchLabels": {"version": "v2"}}})
    assert [share.closed for share in line(shut).shares] == ["", "AuthorizationPolicy hello/p"]


def test_what_is_closed_to_one_entrance_alone_is_said_with_its_name() -> None:
    found = app(picture(mesh(policy("p", ONLY_WEB), gateways=("istio-ingress", "mesh"))), "helloworld").strands[0]
    assert [share.closed for share in found.lines[0].shares] == ["", ""]
    assert found.lines[0].closed == ("403 through istio-ingress: AuthorizationPolicy hello/p",)
    assert found.closed == {"istio-ingress/istio-ingress"}


def test_a_closed_route_is_drawn_as_one() -> None:
    drawn = {name: picture_files(mesh(*policies))["test.svg"] for name, policies in CASES.items()}
    for style in ("closed", "403 by"):
        body = {name: text.split("</style>")[1] for name, text in drawn.items()}
        assert (style in body["shut"], style in body["open"]) == (True, False)


CASES = {"open": (), "shut": (policy("p", NOBODY),)}


def test_a_gateway_keeps_colour_and_place_whoever_it_is_open_to_and_whoever_comes_beside_it() -> None:
    def places(*gateways: dict[str, Any]) -> dict[str, str]:
        shown = picture(evaluated(gateways=[*gateways]))
        return dict(zip((each.title for each in shown.entrances), lane_styles(shown.entrances), strict=True))

    inner, outer = {"name": "partners", "expose": "internal"}, {"name": "partners", "expose": "internet-facing"}
    assert list(places(FRONT, inner).items()) == list(places(outer, FRONT).items())
    assert places(FRONT)["istio-ingress"] == places(FRONT, inner, {"name": "back"})["istio-ingress"]


def test_two_gateways_whose_names_come_to_one_colour_have_two() -> None:
    shown = picture(evaluated(gateways=[{"name": f"gateway-{number}"} for number in range(6)]))
    assert len(set(lane_styles(shown.entrances))) == 6
