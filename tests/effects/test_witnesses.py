"""Does each sentence about requests have a request that proves it, and each difference a sentence?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from fairlead.comparison.meshes import both_meshes
from fairlead.effects.effect import Effect, Hurt, Kind
from fairlead.effects.effects import effects
from fairlead.effects.requests.coverage import coverage
from fairlead.effects.witness import both_in_words, curl
from fairlead.reports.json_report import json_report
from fairlead.reports.markdown.markdown_report import markdown_report
from fairlead.reports.report import Report
from fairlead.reports.text_report import text_report
from fairlead_mesh.model.requests.request import request
from fairlead_mesh.model.traffic.explanation import explanation
from tests.fixtures.compared import compared, release
from tests.fixtures.routing_objects import (
    HELLO,
    deployment,
    gateway,
    route,
    rule,
    service,
    split,
    to,
    virtual_service,
)
from tests.fixtures.security_objects import mtls, namespace, policy, source

pytestmark = pytest.mark.mesh

AROUND = [gateway(), service()]
HEADERS: dict[str, Any] = {"headers": {"request": {"set": {"x-new": "1"}}}}
ABORT = {"abort": {"httpStatus": 500, "percentage": {"value": 10}}}
V1 = virtual_service(route(route=split(v1=1)))
HELLO_ALONE = policy("hello", source(namespaces=["hello"]))
CHANGES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "a weight": ([virtual_service(route(route=split(v1=70, v2=30)))], [virtual_service(route(route=split(v2=100)))]),
    "a subset": ([V1, rule("v1")], [V1, rule("v2")]),
    "a path": ([virtual_service(route("/a"))], [virtual_service(route("/b"))]),
    "a header": ([virtual_service(route())], [virtual_service(route(route=[to()], **HEADERS))]),
    "a redirect": ([virtual_service(route())], [virtual_service(route(redirect={"uri": "/new"}))]),
    "a fault": ([virtual_service(route())], [virtual_service(route(route=[to()], fault=ABORT))]),
    "a policy": ([virtual_service(route())], [virtual_service(route()), HELLO_ALONE]),
    "a Service": ([virtual_service(route())], [virtual_service(route(route=[to("other.hello.svc.cluster.local")]))]),
}


def told(before: list[dict[str, Any]], after: list[dict[str, Any]], **sides: bool) -> list[Effect]:
    found = effects(compared([*AROUND, *before], [*AROUND, *after], **sides))
    return [each for each in found if each.kind is Kind.TRAFFIC]


def reported(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Report:
    comparison = compared([*AROUND, *before], [*AROUND, *after])
    return Report("dev", "a", "b", comparison, effects(comparison))


@pytest.mark.parametrize("change", CHANGES)
def test_each_sentence_about_requests_has_a_witness_with_the_outcomes_that_it_has_on_each_side(change: str) -> None:
    before, after = ([*AROUND, *side] for side in CHANGES[change])
    comparison = compared(before, after)
    found = [each for each in effects(comparison) if each.kind is Kind.TRAFFIC]
    assert found
    sides = both_meshes(comparison.before, comparison.after)
    for each in found:
        assert each.witness, each.sentence
        old, new = (explanation(mesh, each.witness.request) for mesh in sides)
        assert both_in_words(old, new) == (each.witness.before, each.witness.after)
        assert each.witness.before != each.witness.after


def test_a_timeout_is_proved_with_a_slow_app() -> None:
    (found,) = told([virtual_service(route())], [virtual_service(route(route=[to()], timeout="2s"))])
    assert found.witness
    assert found.witness.client == "a client of istio-ingress; the app answers after 3s"
    assert (found.witness.before, found.witness.after) == ("200 from hello/helloworld after 3s", "504 after 2s")


def test_another_name_of_a_virtual_service_has_no_sentence_and_the_report_says_so() -> None:
    report = reported([virtual_service(route(), name="old")], [virtual_service(route(), name="new")])
    assert report.traffic == []
    assert report.said_of_requests == [
        "No request is treated differently.",
        "This does not cover a TLS server name that is not the Host header, what the apps themselves answer.",
    ]
    assert "  No request is treated differently." in text_report(report, colours=False).splitlines()
    assert "No request is treated differently. This does not cover" in markdown_report(report)


def test_what_the_statement_does_not_cover_is_what_the_meshes_hold() -> None:
    limits = {"trafficPolicy": {"outlierDetection": {}, "connectionPool": {"tcp": {"maxConnections": 5}}}}
    metadata = {"name": "a", "namespace": "hello"}
    patch = {"apiVersion": "networking.istio.io/v1alpha3", "kind": "EnvoyFilter", "metadata": metadata, "spec": {}}
    others = [rule(**limits), patch]
    comparison = compared([*AROUND, *others], [*AROUND, *others, virtual_service(route())])
    assert coverage(comparison).uncovered[:2] == ("EnvoyFilters", "connection limits")


def test_what_balances_requests_is_no_sentence_about_what_becomes_of_them() -> None:
    balanced = rule(trafficPolicy={"loadBalancer": {"simple": "RANDOM"}})
    report = reported([virtual_service(route())], [virtual_service(route()), balanced])
    assert [each.text for each in report.others] == ["load balancing changes from LEAST_REQUEST to RANDOM"]
    assert report.traffic == []


def test_who_gains_the_right_to_call_has_a_client_of_its_own() -> None:
    before = HELLO_ALONE
    after = policy("hello", source(namespaces=["hello"]), source(principals=["cluster.local/ns/web/sa/web"]))
    (found,) = told([before], [after])
    assert found.hurt is Hurt.EXPOSES
    assert found.witness
    assert found.witness.client == "web/web"
    assert (found.witness.before, found.witness.after) == ("403", "200 from hello/helloworld")


def test_a_plain_text_client_proves_what_is_said_of_plain_text() -> None:
    pods = [virtual_service(route()), deployment("v1"), namespace("hello", **{"istio-injection": "enabled"})]
    (found,) = told([*pods, mtls("hello", "STRICT")], [*pods, mtls("hello", "PERMISSIVE")])
    assert found.witness
    assert found.witness.client == "a pod without a sidecar"
    assert (found.witness.before, found.witness.after) == ("connection reset", "200 from hello/helloworld-v1")


def test_a_client_of_the_gateway_proves_what_is_said_of_requests_through_it() -> None:
    pods = [virtual_service(route(), gateways=("istio-ingress/istio-ingress", "mesh")), deployment("v1")]
    found = {each.text: each for each in told(pods, [*pods, policy("hello", source(namespaces=["web"]))])}
    through = found["requests through istio-ingress are denied from now on"]
    assert through.witness
    assert through.witness.client == "a client of istio-ingress"


def test_requests_that_no_route_takes_are_named_by_their_host() -> None:
    before, after = (
        virtual_service(route("/hello"), hosts=(HELLO, *more), gateways=("mesh",))
        for more in ((), ("www.example.com",))
    )
    texts = [each.text for each in told([before, deployment("v1")], [after, deployment("v1")])]
    assert "requests for www.example.com inside the mesh get 404 instead of 200 from outside" in texts


def test_the_narrower_host_is_named_where_a_wider_one_takes_its_requests_over() -> None:
    every = virtual_service(route("/all", route=[to("all.hello.svc.cluster.local")]), name="all", hosts=("*",))
    both = [every, service("all")]
    (gained, lost) = told([*both, virtual_service(route("/hello"))], both)
    assert gained.text == "reachable through istio-ingress at hello.example.com, path exact /all from now on"
    assert lost.text == "no longer reachable through istio-ingress at hello.example.com, path exact /hello"


def test_who_only_reaches_the_outside_gains_no_access_to_the_mesh() -> None:
    routed = virtual_service(route("/hello"), gateways=("mesh",))
    (first, *_) = told([routed], [])
    assert first.text == "requests inside the mesh get 200 from outside instead of 404"
    assert (first.hurt, first.gains) == (None, True)


def test_what_only_the_app_sees_is_told_without_the_answer_that_stays() -> None:
    tls = {"trafficPolicy": {"tls": {"mode": "DISABLE"}}}
    pods = [virtual_service(route(), gateways=("istio-ingress/istio-ingress",)), deployment("v1")]
    pods.append(namespace("hello", **{"istio-injection": "enabled"}))
    texts = [each.text for each in told([*pods, rule()], [*pods, rule(**tls)])]
    seen = "the app sees identity none instead of spiffe://cluster.local/ns"
    assert texts == [
        f"requests from a pod of namespace hello: {seen}/hello/sa/any-client",
        f"requests through istio-ingress: {seen}/istio-ingress/sa/istio-ingress",
    ]


def test_who_gains_access_is_told_before_who_loses_it() -> None:
    before = [virtual_service(route("/a"))]
    after = [virtual_service(route("/b")), gateway()]
    found = effects(compared([*AROUND, *before], [*AROUND, *after]))
    assert [each.hurt for each in found] == [Hurt.EXPOSES, Hurt.INTERRUPTS]
    assert found[0].text.startswith("reachable through istio-ingress at hello.example.com, path exact /b")
    other = [*AROUND, HELLO_ALONE], [*AROUND, policy("hello", source(namespaces=["web"]))]
    assert effects(compared(*other))[0].hurt is Hurt.EXPOSES


def test_a_difference_that_no_rule_of_a_field_tells_has_a_sentence_of_its_own() -> None:
    sidecar = {"sidecar.istio.io/inject": "false"}
    strict = {"apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication", "spec": {"mtls": {"mode": "STRICT"}},
              "metadata": {"name": "default", "namespace": "hello"}}  # fmt: skip
    ordinary = {"trafficPolicy": {"tls": {"mode": "ISTIO_MUTUAL"}}}
    around = [virtual_service(route()), rule(**ordinary), strict]
    found = told([*around, deployment("v1")], [*around, deployment("v1", **sidecar)])
    assert any("get 503 instead of 200 from hello/helloworld-v1" in each.text for each in found), found


def test_between_two_stacks_a_witness_has_both_outcomes_and_nothing_is_interrupted() -> None:
    found = told(*CHANGES["a weight"], deploys=False)
    assert [each.hurt for each in found] == [None]
    assert found[0].witness


def test_a_gateway_whose_chart_is_not_rendered_is_asked_by_its_values() -> None:
    front = release("front", "gateway", namespace="front", service={"type": "LoadBalancer", "annotations": {
        "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"}}, labels={"istio": "ingress"})  # fmt: skip
    found = told([front, *CHANGES["a weight"][0]], [front, *CHANGES["a weight"][1]])
    assert found[0].witness
    assert found[0].witness.plain["request"]["gateway"] == "front/front"


def test_a_curl_line_is_quoted_for_a_shell() -> None:
    one = request("POST", "http://a.example.com/x?a='b", headers={"user": "it's"}, claims={"sub": "jane"})
    assert curl(one) == (
        """curl -i -X POST -H 'user: it'"'"'s' -H "Authorization: Bearer $TOKEN" 'http://a.example.com/x?a='"'"'b'"""
    )


def test_every_form_of_a_report_shows_the_request_and_both_outcomes() -> None:
    report = reported(*CHANGES["a weight"])
    line = "curl -i http://hello.example.com/"
    assert any(line in each for each in text_report(report, colours=False).splitlines())
    shown = markdown_report(report)
    assert "<summary>Requests that show it</summary>" in shown
    assert shown.index("### Traffic") < shown.index(line)
    (found,) = json.loads(json_report(report))["effects"]
    assert found["witness"]["curl"] == line
    assert found["witness"]["after"] == "200 from hello/helloworld-v2"
    assert json.loads(json_report(report))["requests"] == {
        "asked": 1,
        "different": 1,
        "notDecided": [],
        "notCovered": [
            "a TLS server name that is not the Host header",
            "what the apps themselves answer",
        ],
    }
