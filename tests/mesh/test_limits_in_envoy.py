"""Does a real Envoy take what rate limits write into its config, and answer 429? A stand-in counts for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from fairlead_mesh.policies import policies
from fairlead_mesh.stack import well_formed
from tests.fixtures.runs.patched_proxy import free_port, proxy_config, running_proxy, status

pytestmark = [pytest.mark.mesh, pytest.mark.process]

OK, OVER_LIMIT = b"\x08\x01", b"\x08\x02"
"""envoy.service.ratelimit.v3.RateLimitResponse with its overall_code alone."""
CLUSTER = "outbound|8081||rate-limit.rate-limit.svc.cluster.local"
LIMIT: dict[str, Any] = {"scope": "global", "requests": 2, "unit": "day"}
CLIENT = "By=spiffe://cluster.local/ns/default/sa/x;Hash=1;URI=spiffe://cluster.local/ns/default/sa/{}"


class Counting:
    """Answers as Envoy's rate limit service does for limits of two requests, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: Counter[bytes] = Counter()

    def answer(self, request: bytes, _context: Any) -> bytes:
        self.asked[request] += 1
        return OVER_LIMIT if self.asked[request] > LIMIT["requests"] else OK

    def named(self, *texts: str) -> list[bytes]:
        return [each for each in self.asked if all(text.encode() in each for text in texts)]


@contextmanager
def counting(port: int) -> Iterator[Counting]:
    found = Counting()
    method = grpc.unary_unary_rpc_method_handler(found.answer)
    service = "envoy.service.ratelimit.v3.RateLimitService"
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"ShouldRateLimit": method}),))
    assert server.add_insecure_port(f"127.0.0.1:{port}") == port
    server.start()
    try:
        yield found
    finally:
        server.stop(None)


@contextmanager
def proxy(folder: Path, *limits: dict[str, Any], service: int, gateway: bool = False, **said: Any) -> Iterator[Any]:
    """The proxy of an app, or of a gateway, with these limits: what it answers."""
    owner = {"rateLimits": list(limits)}
    app = {"name": "shop", "port": 80, "external": {"labels": {"app": "shop"}}, "serviceAccount": "shopper"}
    edge = {"name": "istio-ingress", "expose": "nodePort"} | (owner if gateway else {})
    keys = {
        "cluster": {"kubeconfig": {"context": "kind"}},
        "rateLimitService": {"failOpen": True, "timeout": "5s", **said},
        "gateways": [edge],
        "apps": [app | ({} if gateway else owner)],
    }
    patches = [item.manifest for item in policies(well_formed(keys)) if item.kind == "EnvoyFilter"]
    port = free_port()
    config = proxy_config(patches, port, free_port(), {CLUSTER: service}, gateway=gateway)
    with running_proxy(config, port, folder):
        answer: Callable[..., int] = lambda *path, **headers: status(port, *path, **headers)  # noqa: E731
        yield answer


def test_each_client_of_a_limit_gets_its_own_requests_and_then_429(tmp_path: Path) -> None:
    port = free_port()
    with counting(port) as service, proxy(tmp_path, LIMIT | {"by": {"header": "x-user"}}, service=port) as get:
        assert [get(x_user="jason") for _ in range(4)] == [200, 200, 429, 429]
        assert get(x_user="kate") == 200
        assert [get() for _ in range(3)] == [200, 200, 429], "requests without the header share one limit"
    assert len(service.named("fairlead", "app/default/shop/0", "by", "jason")) == 1


def test_a_limit_is_for_the_requests_of_its_conditions_alone(tmp_path: Path) -> None:
    port = free_port()
    limit = LIMIT | {"paths": ["/login", "/api/*"], "methods": ["POST"], "client": "shop"}
    with counting(port) as service, proxy(tmp_path, limit, service=port) as get:
        asked = {"method": "POST", "x_forwarded_client_cert": CLIENT.format("shopper")}
        assert [get("/login?next=/", **asked) for _ in range(3)] == [200, 200, 429]
        assert get("/api/v1", **asked) == 429, "paths of one limit share it"
        assert get("/other", **asked) == 200
        assert get("/login", **asked | {"method": "GET"}) == 200
        assert get("/login", **asked | {"x_forwarded_client_cert": CLIENT.format("other")}) == 200
    assert len(service.asked) == 1


def test_a_gateway_counts_by_the_address_of_its_client_and_takes_routes_that_redirect(tmp_path: Path) -> None:
    port = free_port()
    with counting(port) as service, proxy(tmp_path, LIMIT | {"by": "address"}, service=port, gateway=True) as get:
        assert [get() for _ in range(3)] == [200, 200, 429]
        assert get(x_forwarded_for="203.0.113.9") == 429, "what a client says of its address does not count"
    assert len(service.named("remote_address", "127.0.0.1", "gateway/istio-ingress/istio-ingress/0")) == 1


@pytest.mark.parametrize(("fails_open", "answer"), [(True, 200), (False, 500)])
def test_without_the_service_requests_pass_only_where_the_stack_file_says_so(
    tmp_path: Path, fails_open: bool, answer: int
) -> None:
    with proxy(tmp_path, LIMIT, service=free_port(), failOpen=fails_open) as get:
        assert get() == answer


def test_local_limits_are_counted_by_the_proxy_and_the_service_does_not_hear_of_them(tmp_path: Path) -> None:
    local = {"requests": 3, "unit": "day", "headers": {"x-plan": ["free*"]}}
    port = free_port()
    with counting(port) as service, proxy(tmp_path, local, LIMIT | {"methods": ["PUT"]}, service=port) as get:
        assert [get(x_plan="free-2") for _ in range(5)] == [200, 200, 200, 429, 429]
        assert get(x_plan="paid") == 200
        assert not service.asked
        assert [get(method="PUT") for _ in range(3)] == [200, 200, 429]
