"""Is it said why TLS settings clash, plain text is accepted, a token is rejected? Configuration as istiod writes it."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.verify.causes.live_causes import LiveCauses
from fairlead.verify.causes.security_causes import tls_cause, token_causes
from fairlead.verify.envoy.envoy_listeners import connection_clusters, takes, token_issuers
from fairlead.verify.live.pods import Pod, Pods
from fairlead.verify.promise import Evidence, Promise
from fairlead_mesh.model.requests.request import Request, request
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.outcome import RESET, Outcome

pytestmark = pytest.mark.mesh

HOST = "web.shop.svc.cluster.local"
CLUSTER = f"outbound|80||{HOST}"
RULE = "/apis/networking.istio.io/v1alpha3/namespaces/shop/destination-rule/web"
SOCKET = {"name": "envoy.transport_sockets.tls"}
PLAIN_RULE = {"name": CLUSTER, "metadata": {"filter_metadata": {"istio": {"config": RULE}}}}
TLS_RULE = PLAIN_RULE | {"transport_socket": SOCKET}
AUTOMATIC = {"name": CLUSTER, "transport_socket_matches": [{"name": "tlsMode-istio"}, {"name": "tlsMode-disabled"}]}
NAMED = "the cluster of web.shop.svc.cluster.local port 80 (by DestinationRule shop/web)"


def chain(*, encrypted: bool, port: int = 8080, filters: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    manager = {"@type": "x.HttpConnectionManager", "http_filters": [{"typed_config": each} for each in filters or []]}
    made = {"filter_chain_match": {"destination_port": port}, "filters": [{"typed_config": manager}]}
    return made | ({"transport_socket": SOCKET} if encrypted else {})


def dump(*chains: dict[str, Any], clusters: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    out = {
        "name": "0.0.0.0_8080",
        "address": {"socket_address": {"port_value": 8080}},
        "filter_chains": [{"name": "out"}],
    }
    listeners = [{"active_state": {"listener": each}}
                 for each in (out, {"name": "virtualInbound", "filter_chains": list(chains)})]  # fmt: skip
    host = {"name": "web", "domains": [HOST], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": CLUSTER}}]}
    return {
        "configs": [
            {"@type": "x.ListenersConfigDump", "dynamic_listeners": listeners},
            {"@type": "x.ClustersConfigDump", "dynamic_active_clusters": [{"cluster": each} for each in clusters]},
            {"@type": "x.RoutesConfigDump",
             "dynamic_route_configs": [{"route_config": {"name": "80", "virtual_hosts": [host]}}]},
        ]
    }  # fmt: skip


STRICT, BOTH = dump(chain(encrypted=True)), dump(chain(encrypted=True), chain(encrypted=False))
JWT = {"@type": "x.JwtAuthentication", "providers": {"origins-0": {"issuer": "https://login.example.com"}}}


@pytest.mark.parametrize(
    ("cluster", "accepted", "said"),
    [
        (PLAIN_RULE, {"TLS"}, f"sends plain text to {NAMED}, and shop/web accepts mTLS only on port 8080"),
        (TLS_RULE, {"plain text"}, f"sends TLS to {NAMED}, and shop/web accepts plain text only on port 8080"),
        (TLS_RULE, None, f"sends TLS to {NAMED}, and shop/web has no sidecar"),
        (PLAIN_RULE, {"TLS", "plain text"}, ""),
        (TLS_RULE, {"TLS"}, ""),
        (AUTOMATIC, {"TLS"}, ""),
        (PLAIN_RULE, None, ""),
    ],
)
def test_clashing_tls_settings_are_named_with_the_rule_that_sets_them(
    cluster: dict[str, Any], accepted: set[str] | None, said: str
) -> None:
    assert tls_cause("web/client", cluster, "shop/web", 8080, accepted) == (said and f"the proxy of web/client {said}")


def test_what_a_port_accepts_and_whose_tokens_a_proxy_knows_is_read() -> None:
    assert (takes(STRICT, 8080), takes(BOTH, 8080), takes(BOTH, 9090)) == ({"TLS"}, {"TLS", "plain text"}, set())
    assert token_issuers(dump(chain(encrypted=True, filters=[JWT]))) == ["https://login.example.com"]


def test_the_issuers_are_named_where_a_token_is_rejected_and_their_absence_where_it_is_not() -> None:
    (known,) = token_causes("shop/web", ["https://login.example.com"], should=False)
    assert known == "the proxy of shop/web checks tokens, and takes those of https://login.example.com"
    (none,) = token_causes("shop/web", [], should=True)
    assert none == "the proxy of shop/web checks no tokens: no RequestAuthentication applies to it"
    assert list(token_causes("shop/web", [], should=False)) == []


class Cluster:
    """The proxies of `web/client` and `shop/web`, and the pods behind the Service."""

    def __init__(self, client: dict[str, Any], server: dict[str, Any], failed: int = 0) -> None:
        self.failed = failed
        self.dumps = {"web/client": client, "shop/web": server}
        listed = [Pod(each.partition("/")[0], "pod", each, "", (ip,), ("istio-proxy",), is_ready=True)
                  for each, ip in (("web/client", "10.0.0.1"), ("shop/web", "10.0.0.2"))]  # fmt: skip
        listed.append(Pod("plain", "pod", "plain/client", "", ("10.0.0.3",), ("app",), is_ready=True))
        self.listed = Pods(tuple(listed))

    @property
    def pods(self) -> Cluster:
        return self

    def all(self, _: str) -> Pods:
        return self.listed

    def of(self, workload: str) -> list[Pod]:
        return self.listed.of(workload)

    def service(self, name: str) -> dict[str, Any]:
        assert name == "shop/web"
        return {}

    def behind(self, _: dict[str, Any]) -> list[Pod]:
        return self.listed.of("shop/web")

    def target(self, *_: object) -> int:
        return 8080

    def config_dump(self, workload: str) -> dict[str, Any]:
        return self.dumps[workload]

    def asked(self, *_: str) -> list[Any]:
        host: dict[str, Any] = {"address": {"socket_address": {"address": "10.0.0.2", "port_value": 8080}}}
        host["stats"] = [{"name": "cx_connect_fail", "value": str(self.failed)}]
        return [{"cluster_statuses": [{"name": CLUSTER, "host_statuses": [host]}]}]

    def sync_states(self) -> list[Any]:
        return []


def causes(world: Cluster, asked: Request, outcome: Outcome, seen: str) -> list[str]:
    promise = Promise("it", "answers", "web", "it", request=asked, expected=Explanation((outcome,)))
    found = LiveCauses(world, world).of(promise, Evidence(seen))  # pyright: ignore[reportArgumentType]
    return [each for each in found if "not connected" not in each]


FROM_MESH = request("GET", f"http://{HOST}/", caller="web/client")
ANSWERED = Outcome(status=200, answered="shop/web", received=(("shop/web", 1.0),))


def test_a_client_that_sends_plain_text_to_strict_pods_is_found_by_both_configurations() -> None:
    world = Cluster(dump(clusters=(PLAIN_RULE,)), STRICT)
    (said,) = causes(world, FROM_MESH, ANSWERED, "3 x 503 by a proxy")
    assert said.endswith("and shop/web accepts mTLS only on port 8080")
    assert causes(Cluster(dump(clusters=(AUTOMATIC,)), STRICT), FROM_MESH, ANSWERED, "3 x 503 by a proxy") == []


def test_connections_that_fail_lead_to_the_address_that_is_closed() -> None:
    world = Cluster(dump(clusters=(AUTOMATIC,)), STRICT, failed=4)
    (said,) = causes(world, FROM_MESH, ANSWERED, "3 x 503 by a proxy")
    assert said.startswith("4 connections of the proxy of web/client to 10.0.0.2:8080 of shop/web failed")
    assert causes(world, FROM_MESH, ANSWERED, "3 x an answer of shop/other") == []


def test_connections_without_http_lead_to_the_clusters_of_their_listener() -> None:
    def listener(port: int, *weights: tuple[str, int], names: tuple[str, ...] = ()) -> dict[str, Any]:
        clusters = [{"name": name, "weight": weight} for name, weight in weights]
        proxy = {"@type": "x.TcpProxy", "weighted_clusters": {"clusters": clusters}}
        chains = [{"filter_chain_match": {"server_names": list(names)}, "filters": [{"typed_config": proxy}]}]
        return {"address": {"socket_address": {"port_value": port}}, "filter_chains": chains}

    listed = [listener(80, (CLUSTER, 100)), listener(443, ("a", 80), ("b", 20), names=("vault.example.com",))]
    listed.append(listener(443, ("c", 1), names=("other.example.com",)))
    made: dict[str, Any] = {
        "@type": "x.ListenersConfigDump",
        "static_listeners": [{"listener": each} for each in listed],
    }
    assert connection_clusters({"configs": [made]}, 443, "vault.example.com") == {"a": 80, "b": 20}
    clusters = {"@type": "x.ClustersConfigDump", "dynamic_active_clusters": []}
    world = Cluster({"configs": [made, clusters]}, STRICT)
    (said,) = causes(world, FROM_MESH.changed(scheme="tcp"), ANSWERED, "3 x no answer")
    assert said.startswith(
        f"the route leads to {NAMED.partition(' (')[0]}, which the proxy of web/client does not have"
    )


def test_pods_that_accept_plain_text_where_it_had_to_be_rejected_are_named() -> None:
    bare = request("GET", f"http://{HOST}/", caller="plain/client")
    rejected = Outcome(error=RESET)
    (said,) = causes(Cluster(dump(), BOTH), bare, rejected, "3 x an answer of shop/web")
    assert said == "the proxy of shop/web accepts plain text on port 8080: mTLS is not STRICT there"
    assert causes(Cluster(dump(), STRICT), bare, rejected, "timeout") == []


def test_a_rejected_token_leads_to_the_proxy_that_checks_it() -> None:
    world = Cluster(dump(clusters=(AUTOMATIC,)), dump(chain(encrypted=True, filters=[JWT])))
    (said,) = causes(world, FROM_MESH, ANSWERED, "3 x 401 by a proxy")
    assert said == "the proxy of shop/web checks tokens, and takes those of https://login.example.com"
