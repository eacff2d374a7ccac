"""Is the cause named of a promise that is not kept? Every case is a real Envoy that does the wrong thing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fairlead.verify.causes.policy_causes import denial_causes, denied_by, passing_causes
from fairlead.verify.causes.route_causes import ProxyView, route_causes
from fairlead.verify.envoy.envoy_config import cluster_configs, rbac_filters, route_tables
from fairlead.verify.envoy.envoy_hosts import hosts
from fairlead.verify.envoy.envoy_stats import added, since, stats
from fairlead_mesh.findings import Path as KeyPath
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.requests.request import Request, request
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.outcome import Outcome, Step
from tests.fixtures.live.envoy_proxy import Envoy, endpoints, envoy, metadata, rbac

pytestmark = pytest.mark.process

HELLO = "hello.hello.svc.cluster.local"
V1, V2, NOBODY = (f"outbound|80|{subset}|{HELLO}" for subset in ("v1", "v2", "v3"))
NO_ADMIN = "ns[hello]-policy[no-admin]-rule[0]"
PLACE: KeyPath = ()


class App(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - as http.server names it


@pytest.fixture(scope="module")
def apps() -> Iterator[list[int]]:
    """The ports of two versions."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), App) for _ in range(2)]
    for each in servers:
        threading.Thread(target=each.serve_forever, daemon=True).start()
    yield [each.server_address[1] for each in servers]
    for each in servers:
        each.shutdown()
        each.server_close()


def split(name: str, one: int, two: int, *, path: str = "/", namespace: str = "hello") -> dict[str, Any]:
    weights = [{"name": V1, "weight": one}, {"name": V2, "weight": two}]
    return {
        "name": name,
        "match": {"prefix": path},
        "metadata": metadata("virtual-service", namespace, name),
        "route": {"weighted_clusters": {"clusters": weights}},
    }


def virtual_host(*routes: dict[str, Any], name: str = f"{HELLO}:80") -> dict[str, Any]:
    return {"name": name, "domains": [HELLO, "hello", "hello:80"], "routes": list(routes)}


def expected(received: dict[str, float], by: str = "helloworld") -> Explanation:
    item = Item({"kind": "VirtualService", "metadata": {"name": by, "namespace": "hello"}})
    parts = [Outcome(share, 200, answered=name, received=((name, 1.0),)) for name, share in received.items()]
    return Explanation(tuple(replace(each, steps=(Step("routes it", item),)) for each in parts))


SPLIT = expected({"hello/v1": 0.7, "hello/v2": 0.3})


def asked(path: str = "/", host: str = "hello", port: int = 80) -> Request:
    return request("GET", f"http://{host}:{port}{path}", caller="web/client", headers={"host": host})


def view(proxy: Envoy, apps: list[int], **more: Any) -> ProxyView:
    """As the live proxies make one, with the addresses of loopback told apart by port."""
    dump, answer = proxy.get("/config_dump?include_eds"), proxy.get("/clusters?format=json")
    found = [replace(each, ip=str(each.port)) for each in hosts(answer)]
    at = {str(apps[0]): "hello/v1", str(apps[1]): "hello/v2"}
    return ProxyView("web/client", route_tables(dump), cluster_configs(dump), found, at, **more)


def found(
    folder: Path, apps: list[int], *routes: dict[str, Any], asks: Request | None = None, **more: Any
) -> list[str]:
    known = {V1: endpoints(V1, apps[0]), V2: endpoints(V2, apps[1]), NOBODY: endpoints(NOBODY)}
    with envoy(folder, [virtual_host(*routes)], known) as proxy:
        return list(route_causes(view(proxy, apps, **more), asks or asked(), SPLIT))


def test_a_proxy_that_does_as_it_is_said_has_no_cause(tmp_path: Path, apps: list[int]) -> None:
    assert found(tmp_path, apps, split("helloworld", 70, 30)) == []


def test_other_weights_are_named_with_the_object_that_has_them(tmp_path: Path, apps: list[int]) -> None:
    (said,) = found(tmp_path, apps, split("helloworld", 60, 40))
    assert "of VirtualService hello/helloworld in the proxy of web/client has other weights than the stack says" in said
    assert f"60 to {V1}, 40 to {V2}" in said


def test_how_load_balancing_divides_is_no_cause(tmp_path: Path, apps: list[int]) -> None:
    both = {V1: endpoints(V1, *apps), V2: endpoints(V2, apps[1])}
    only = {
        "match": {"prefix": "/"},
        "metadata": metadata("virtual-service", "hello", "helloworld"),
        "route": {"cluster": V1},
    }
    with envoy(tmp_path, [virtual_host(only)], both) as proxy:
        seen = view(proxy, apps)
        assert list(route_causes(seen, asked(), expected({"hello/v1": 0.5, "hello/v2": 0.5}))) == []
        assert list(route_causes(seen, asked(), expected({"hello/v1": 0.35}))) == []
        (said,) = route_causes(seen, asked(), expected({"hello/v3": 1.0}))
        assert "has other weights than the stack says: 100 to" in said


def test_another_virtual_service_that_won_is_named(tmp_path: Path, apps: list[int]) -> None:
    before = split("canary", 70, 30, namespace="other")
    (said,) = found(tmp_path, apps, before, split("helloworld", 70, 30))
    assert "uses the route canary of VirtualService other/canary, another VirtualService of the host" in said
    assert said.endswith("VirtualService hello/helloworld comes later there")
    (alone,) = found(tmp_path, apps, before)
    assert alone.endswith("VirtualService hello/helloworld has no route there for this host")


def test_a_route_that_the_proxy_does_not_have_is_named(tmp_path: Path, apps: list[int]) -> None:
    said = found(tmp_path, apps, split("helloworld", 70, 30, path="/v2"))
    (only,) = said
    assert only.startswith("none of the 1 routes of VirtualService hello/helloworld in the proxy of web/client matches")
    assert only.endswith("matches GET /: it answers 404")
    assert "has no virtual host for unknown on port 80, and answers 404" in found(
        tmp_path, apps, split("helloworld", 70, 30), asks=asked(host="unknown")
    )[0]  # fmt: skip
    assert "has no routes for port 81" in found(tmp_path, apps, split("x", 1, 1), asks=asked(port=81))[0]


def test_the_own_route_of_a_service_is_told_from_that_of_a_virtual_service(tmp_path: Path, apps: list[int]) -> None:
    plain = {"name": "default", "match": {"prefix": "/"}, "route": {"cluster": V1}}
    said = found(tmp_path, apps, plain)
    assert said[0] == (
        "the route is not in the proxy of web/client: it uses the Service's own, and none of "
        "VirtualService hello/helloworld"
    )


def test_a_cluster_without_endpoints_is_named(tmp_path: Path, apps: list[int]) -> None:
    route = split("helloworld", 70, 30)
    route["route"]["weighted_clusters"]["clusters"][1]["name"] = NOBODY
    said = found(tmp_path, apps, route)
    assert said[-1] == (
        f"the cluster of {HELLO} port 80, subset v3 has no endpoints in the proxy of web/client: "
        "no ready pod is behind it"
    )


def test_endpoints_that_are_not_healthy_are_named_with_the_reason(tmp_path: Path, apps: list[int]) -> None:
    known = {V1: endpoints(V1, apps[0]), V2: endpoints(V2, apps[1], health="UNHEALTHY")}
    with envoy(tmp_path, [virtual_host(split("helloworld", 70, 30))], known) as proxy:
        said = list(route_causes(view(proxy, apps), asked(), SPLIT))
    assert said[-1].endswith(f"127.0.0.1:{apps[1]} is UNHEALTHY for istiod")


def test_the_routes_of_a_gateway_are_found_by_the_port_of_its_pods(tmp_path: Path, apps: list[int]) -> None:
    known = {V1: endpoints(V1, apps[0]), V2: endpoints(V2, apps[1])}
    with envoy(tmp_path, [virtual_host(split("helloworld", 60, 40))], known, name="http.8080") as proxy:
        gateway = view(proxy, apps, is_gateway=True, target=8080)
        assert "has other weights" in next(iter(route_causes(gateway, asked(), SPLIT)))
        assert "has no routes" in next(iter(route_causes(replace(gateway, target=8443), asked(), SPLIT)))


def test_requests_are_counted_by_the_address_that_they_went_to(tmp_path: Path, apps: list[int]) -> None:
    known = {V1: endpoints(V1, apps[0]), V2: endpoints(V2, apps[1]), NOBODY: endpoints(NOBODY)}
    with envoy(tmp_path, [virtual_host(split("helloworld", 50, 50))], known) as proxy:
        before = list(hosts(proxy.get("/clusters?format=json")))
        assert {proxy.status("/", "hello") for _ in range(40)} == {200}
        after = list(hosts(proxy.get("/clusters?format=json")))
    assert [each.count("rq_total") for each in before] == [0, 0]
    assert sum(each.count("rq_total") for each in after) == 40
    assert all(each.count("rq_success") == each.count("rq_total") > 0 for each in after)
    assert {each.cluster: each.port for each in after} == {V1: apps[0], V2: apps[1]}


def refused(folder: Path, apps: list[int], *filters: dict[str, Any]) -> tuple[list[str], list[str], str]:
    """What is said of a refused request without the access log and with it, and the log."""
    known = {V1: endpoints(V1, apps[0]), V2: endpoints(V2, apps[1])}
    with envoy(folder, [virtual_host(split("helloworld", 70, 30))], known, filters=list(filters)) as proxy:
        before = stats(proxy.get("/stats?format=json"))
        assert proxy.status("/admin", "hello") == 403
        counted = since(before, added([stats(proxy.get("/stats?format=json"))]))
        policies = rbac_filters(proxy.get("/config_dump"))
        deadline = time.monotonic() + 5
        while "403" not in proxy.log and time.monotonic() < deadline:
            time.sleep(0.02)
        return (
            list(denial_causes("hello/v1", policies, counted)),
            list(denial_causes("hello/v1", policies, counted, proxy.log)),
            proxy.log,
        )


def test_the_policy_that_denied_is_named(tmp_path: Path, apps: list[int]) -> None:
    without, with_log, log = refused(tmp_path, apps, rbac("DENY", NO_ADMIN))
    assert without == [
        "AuthorizationPolicy hello/no-admin, rule 0 denies it in the proxy of hello/v1, which counted 1 denied requests"
    ]
    assert denied_by(log) == "AuthorizationPolicy hello/no-admin, rule 0"
    assert with_log == ["the proxy of hello/v1 denied it: AuthorizationPolicy hello/no-admin, rule 0"]


def test_that_no_policy_allowed_it_is_told_from_a_denial(tmp_path: Path, apps: list[int]) -> None:
    nobody = {"header": {"name": "x-nobody", "present_match": True}}
    allow = rbac("ALLOW", "ns[hello]-policy[readers]-rule[1]", principal=nobody)
    without, with_log, _ = refused(tmp_path, apps, allow)
    assert without[0].endswith("there are AuthorizationPolicy hello/readers, rule 1")
    assert with_log == ["the proxy of hello/v1 denied it: no ALLOW policy has a rule that matches"]
    both, certain, _ = refused(tmp_path, apps, rbac("DENY", NO_ADMIN), allow)
    assert both[0].startswith("in the proxy of hello/v1, which counted 1 denied requests, either AuthorizationPolicy")
    assert certain == ["the proxy of hello/v1 denied it: AuthorizationPolicy hello/no-admin, rule 0"]


def test_a_policy_that_is_only_tried_or_lacks_is_named_where_requests_pass(tmp_path: Path, apps: list[int]) -> None:
    known = {V1: endpoints(V1, apps[0]), V2: endpoints(V2, apps[1])}
    tried = rbac("DENY", NO_ADMIN, shadow=True)
    with envoy(tmp_path, [virtual_host(split("helloworld", 70, 30))], known, filters=[tried]) as proxy:
        assert proxy.status("/admin", "hello") == 200
        policies = rbac_filters(proxy.get("/config_dump"))
    assert [each.is_dry_run for each in policies] == [True]
    assert list(passing_causes("hello/v1", policies, ["hello/no-admin", "hello/other"])) == [
        "AuthorizationPolicy hello/no-admin is only tried (dry run) in the proxy of hello/v1",
        "AuthorizationPolicy hello/other does not apply in the proxy of hello/v1",
    ]
    assert list(passing_causes("hello/v1", [], [])) == ["the proxy of hello/v1 has no policy at all"]
