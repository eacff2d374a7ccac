"""What is said of requests that are asked wrongly, of clients without a name, and of what cannot be known?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.explain.classes import classes
from fairlead_mesh.model.requests.request import request
from fairlead_mesh.model.traffic.explanation import in_order
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.worlds import GATEWAY, SUBSETS, asked, istio, to, virtual_service, world

pytestmark = pytest.mark.mesh

Command = Callable[..., tuple[int, str, str]]
WORLD = str(PROGRAM / "tests" / "truth" / "world.yaml")
CLIENT = "shop/client"


def test_everything_wrong_with_a_file_of_requests_is_said_at_once(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "requests.json"
    wrong = [1, {"from": "shop/clint", "url": "http://web.shop/"}, {"url": "web.shop"}, {"header": {}, "url": "http://a/"},
             {"url": "http://a/", "headers": []}, {"url": "http://a/", "gateway": "istio-ingres"}, {}]  # fmt: skip
    file.write_text(json.dumps(wrong), encoding="utf-8")
    code, _, err = command("explain", "--objects", WORLD, "--requests", str(file))
    assert code == 1
    for words in ("[0]: 1 is not a request", "[1].from: no pods are named shop/clint; did you mean shop/client",
                  "[2].url: web.shop is not a URL", "[3].header: there is no such key; did you mean headers?",
                  "[4].headers: [] is not a map", "[5].gateway: No gateway is named istio-ingres. Did you mean",
                  "[6].url is missing"):  # fmt: skip
        assert words in err


def test_what_is_typed_wrongly_is_said_at_once(command: Command) -> None:
    _, _, err = command("explain", "--objects", WORLD, "GET ftp://a/", "--from", "shop/clint", "-H", "x", "-H", ": y")
    assert err.count("a header is NAME: VALUE") == 2
    assert "did you mean shop/client" in err
    assert "ftp://a/ is not a URL" in err


def test_a_client_outside_the_mesh_has_no_identity() -> None:
    strict = istio("PeerAuthentication", "{mtls: {mode: STRICT}}", namespace="pay")
    assert asked(world(""), "GET http://payments.pay/", "outside-the-mesh").constant("seen")["identity"] == "none"
    assert asked(world(strict), "GET http://payments.pay/", "outside-the-mesh").errors == 1.0


def _texts(mesh: object, what: str, caller: str) -> str:
    (found,) = asked(mesh, what, caller).outcomes  # pyright: ignore[reportArgumentType]
    return "\n".join(step.text for step in found.steps)


def test_timeouts_retries_and_pools_are_steps() -> None:
    spec = "timeout: 5s, retries: {attempts: 3, retryOn: 5xx, perTryTimeout: 1s}"
    policy = "{connectionPool: {http: {http2MaxRequests: 9}}, outlierDetection: {interval: 1s}}"
    rule = f"{{host: web, trafficPolicy: {policy}, subsets: [{{name: v1, labels: {{version: v1}}}}]}}"
    mesh = world(virtual_service(f"[{{{to('v1')}, {spec}}}]") + istio("DestinationRule", rule))
    texts = _texts(mesh, "GET http://web.shop/", CLIENT)
    assert "requests time out after 5s" in texts
    assert "retried up to 3 times on 5xx, 1s each" in texts
    assert "connectionPool http.http2MaxRequests 9, outlierDetection interval 1s" in texts


def test_outlier_detection_leaves_open_what_comes_after_a_failure() -> None:
    rule = istio("DestinationRule", "{host: payments, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 1}}}",
                 namespace="pay")  # fmt: skip
    mesh = world(rule)
    object.__setattr__(mesh, "obeys_headers", True)

    def one(status: str, caller: str = CLIENT) -> object:
        return request("GET", "http://payments.pay/", caller=caller, headers={"x-app-status": status})

    asked_for = [one("200"), one("503"), one("200"), one("200", "pay/client")]
    found = list(in_order(mesh, asked_for))  # pyright: ignore[reportArgumentType]
    assert [bool(each.open) for each in found] == [False, False, True, False]


def test_all_lists_what_a_regular_expression_tells_apart() -> None:
    routes = f"[{{match: [{{uri: {{regex: '/[0-9]+'}}}}], {to('v1')}}}, {{{to('v2')}}}]"
    mesh = world(GATEWAY + SUBSETS + virtual_service(routes, hosts="[shop.example.com]", rest="gateways: [edge]"))
    found = [each for each in classes(mesh).requests if each.authority == "shop.example.com" and each.gateway]
    ends = {tuple(asked(mesh, f"GET http://shop.example.com{each.path}").answered) for each in found}
    assert ends >= {("shop/web-v1",), ("shop/web-v2",)}


def test_the_page_tells_every_key_of_the_answer(command: Command) -> None:
    page = (PROGRAM / "docs" / "explain.md").read_text(encoding="utf-8").partition("## JSON")[2]
    _, out, _ = command("explain", "--objects", WORLD, "--all", "--format", "json")
    keys = {key for each in json.loads(out)["requests"] for key in each}
    told = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    assert {"status", "answered", "received", "seen", "steps", "outcomes", "request"} <= keys <= told


def test_all_classes_hold_server_names_and_leave_out_what_leaves_the_mesh_as_it_is() -> None:
    server = "{port: {number: 443, name: tls, protocol: TLS}, hosts: ['*.example.com'], tls: {mode: PASSTHROUGH}}"
    edge = istio("Gateway", f"{{selector: {{istio: ingress}}, servers: [{server}]}}", name="edge")
    names = "[{sniHosts: [a.example.com, '*.b.example.com']}]"
    route = f"[{{match: {names}, route: [{{destination: {{host: webtcp}}}}]}}]"
    routes = istio("VirtualService", f"{{hosts: ['*.example.com'], gateways: [edge], tls: {route}}}")
    found = classes(world(edge + routes)).requests
    outside = {each.sni for each in found if each.scheme == "https" and each.gateway == "istio-ingress/istio-ingress"}
    assert outside == {"a.example.com", "any.b.example.com", "any.example.com", "any-host.example"}
    assert [each for each in found if each.caller != "internet" and each.host == "any-host.example"] == []
    assert "api.partner.example" in {each.host for each in found}
