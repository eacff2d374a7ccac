"""Which stacks would nobody write on purpose? Small configs that the model mostly takes, sensible or not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["web", "api", "edge", "shop", "cart", "istio-ingress", "istio-system", "default"])
HOSTS = st.sampled_from(["*", "*.example.com", "shop.example.com", "a.shop.example.com", "SHOP.example.com"])
TEXTS = st.sampled_from(["/", "/api", "api", ".*", "(", "(?=x)", "a{2000}", "on"])
VERSIONS = st.sampled_from(["v1", "v2", "canary"])
STRING_MATCHES = TEXTS | st.dictionaries(st.sampled_from(["exact", "prefix", "regex"]), TEXTS, min_size=1, max_size=1)


def some(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=optional)


MATCHES = some(
    uri=STRING_MATCHES,
    method=st.sampled_from(["GET", "POST", "BREW"]),
    headers=st.dictionaries(st.sampled_from(["x-beta", "end-user", "-"]), STRING_MATCHES, max_size=2),
    queryParams=st.dictionaries(st.sampled_from(["q", "a b"]), STRING_MATCHES, max_size=1),
)
ROUTES = some(
    match=st.lists(MATCHES, max_size=2),
    weights=st.sampled_from([{"v1": 100}, {"v1": 70, "v2": 30}])
    | st.dictionaries(VERSIONS, st.sampled_from([0, 1, 50, 100]), max_size=3),
    rewrite=st.just({"uri": "/new"}) | some(uri=st.just("/"), authority=HOSTS),
) | some(
    match=st.lists(MATCHES, max_size=2),
    redirect=st.fixed_dictionaries(
        {"uri": st.just("/moved")},
        optional={"authority": HOSTS, "scheme": st.sampled_from(["http", "https"]), "redirectCode": st.just(308)},
    ),
)
PORTS = st.fixed_dictionaries(
    {"port": st.sampled_from([80, 443, 8443, 15021, 31400])},
    optional={
        "protocol": st.sampled_from(["HTTP", "HTTPS", "HTTP2", "GRPC", "TCP", "TLS"]),
        "name": st.sampled_from(["http", "https", "status-port"]),
        "hosts": st.lists(HOSTS, max_size=2),
        "tls": some(mode=st.sampled_from(["SIMPLE", "MUTUAL", "PASSTHROUGH"]), credentialName=st.just("cert")),
    },
)
GATEWAYS = st.fixed_dictionaries(
    {"name": NAMES},
    optional={
        "namespace": NAMES,
        "direction": st.sampled_from(["ingress", "egress"]),
        "expose": st.sampled_from(["internet-facing", "internal", "nodePort", "clusterIP"]),
        "selector": st.dictionaries(st.sampled_from(["app", "istio"]), NAMES, max_size=1),
        "ports": st.lists(PORTS, min_size=1, max_size=3),
    },
)
APPS = st.fixed_dictionaries(
    {"name": NAMES, "port": st.sampled_from([1, 80, 8080]), "external": st.sampled_from([True, True, False])},
    optional={
        "namespace": NAMES,
        "service": NAMES,
        "hosts": st.lists(HOSTS, min_size=1, max_size=3),
        "gateways": st.sampled_from([["mesh"], ["edge"], ["edge", "mesh"]]) | st.lists(NAMES, min_size=1, max_size=2),
        "versions": st.just([{"name": "v1"}, {"name": "v2"}])
        | st.lists(
            st.fixed_dictionaries(
                {"name": VERSIONS}, optional={"service": NAMES} | {"labels": st.just({"version": "v1"})}
            ),
            max_size=3,
        ),
        "routes": st.lists(ROUTES, max_size=3),
    },
)
NAMESPACES = st.fixed_dictionaries(
    {"name": NAMES},
    optional={"injection": st.booleans(), "mtls": st.sampled_from(["strict", "permissive", "disabled"])},
)
SAMPLES = st.fixed_dictionaries(
    {"name": st.sampled_from(["helloworld", "bookinfo", "membership-service"])}, optional={"namespace": NAMES}
)
SILLY = st.fixed_dictionaries(
    {"cluster": st.sampled_from([{"kubeconfig": {"context": "kind"}}, {"eks": {"name": "mesh-dev"}}])},
    optional={
        "istio": some(mtls=st.sampled_from(["strict", "permissive", "disabled"]), accessLogs=st.booleans()),
        "gateways": st.just([{"name": "edge", "expose": "clusterIP"}]) | st.lists(GATEWAYS, max_size=3),
        "namespaces": st.lists(NAMESPACES, max_size=3),
        "samples": st.lists(SAMPLES, max_size=2),
        "apps": st.lists(APPS, max_size=3),
    },
)

PATHS = st.sampled_from(["/", "/api", "/api/v1", "/cart"])
SENSIBLE_MATCHES = some(
    uri=st.fixed_dictionaries({"prefix": PATHS}) | PATHS | st.just({"regex": "/v[0-9]+/.*"}),
    method=st.sampled_from(["GET", "POST"]),
    headers=st.dictionaries(
        st.sampled_from(["x-beta", "end-user"]), st.just("on") | st.just({"prefix": "o"}), max_size=2
    ),
    queryParams=st.just({"q": "on"}),
)
SENSIBLE_ROUTES = st.fixed_dictionaries(
    {"weights": st.sampled_from([{"v1": 100}, {"v1": 70, "v2": 30}, {"v1": 0, "v2": 100}])},
    optional={
        "match": st.lists(SENSIBLE_MATCHES, max_size=2),
        "rewrite": st.sampled_from([{"uri": "/new"}, {"authority": "web.example.com"}]),
    },
) | st.fixed_dictionaries(
    {"redirect": st.sampled_from([{"uri": "/moved"}, {"scheme": "https", "redirectCode": 308}])},
    optional={"match": st.lists(SENSIBLE_MATCHES, max_size=2)},
)


def sensible_app(name: str) -> st.SearchStrategy[dict[str, Any]]:
    own_services = [{"name": "v1", "service": f"{name}-v1"}, {"name": "v2", "service": f"{name}-v2"}]
    subsets = [{"name": "v1"}, {"name": "v2", "labels": {"track": "canary"}}]
    return st.fixed_dictionaries(
        {
            "name": st.just(name),
            "port": st.sampled_from([80, 8080]),
            "external": st.just(True),
            "hosts": st.just([f"{name}.example.com"]),
            "gateways": st.sampled_from([["mesh"], ["edge"], ["edge", "mesh"]]),
            "versions": st.sampled_from([own_services, subsets]),
            "routes": st.lists(SENSIBLE_ROUTES, max_size=3),
        }
    )


SENSIBLE = st.fixed_dictionaries(
    {
        "cluster": st.just({"kubeconfig": {"context": "kind"}}),
        "gateways": st.just([{"name": "edge", "expose": "clusterIP"}]),
        "istio": some(mtls=st.sampled_from(["strict", "permissive"])),
        "apps": st.tuples(sensible_app("shop"), sensible_app("cart")).map(list),
    }
)
CONFIGS = SILLY | SENSIBLE
