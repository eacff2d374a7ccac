"""Which version of what? The one table of charts, images and the repositories they come from."""

from __future__ import annotations

from dataclasses import dataclass

ISTIO_VERSION = "1.31.1"

# Where every version is published, and the only places where 1.31 and later are (istio.io, blog of 2026-08-21).
ISTIO_REPOSITORY = "https://blob.istio.io/istio-release/charts"
ISTIO_OCI = "oci://ghcr.io/istio/release/charts"
ISTIO_HUB = "docker.io/istio"

OLDEST_ISTIO = (1, 22)
"""networking.istio.io/v1 and telemetry.istio.io/v1, which every object here uses, exist from this minor on
(Istio 1.22 change notes)."""

GATEWAY_CHART = {"loadBalancerClass": (1, 26), "lifecycle": (1, 27)}
"""Value of Istio's gateway chart -> the first minor version of Istio whose chart has it (manifests/charts/gateway in
each release of istio/istio)."""

RETRY_FIELDS = (1, 26)
"""The first minor version of Istio whose VirtualService has `retries.backoff` and `retries.retryIgnorePreviousHosts`
(istio/api#3461 and #3432)."""

LOCAL_LIMITS_WITH_ACTIONS = (1, 26)
"""The first minor version of Istio of which every proxy knows `rate_limits` in Envoy's local rate limit: Envoy has it
since 1.33 (envoyproxy/envoy#36099), which came with Istio 1.25, and proxies may be one minor version older."""

OLDEST_KUBERNETES = {22: 26, 23: 26, 24: 28, 25: 28, 26: 29, 27: 29, 28: 29, 29: 30, 30: 32, 31: 32}
"""Minor version of Istio -> the oldest minor version of Kubernetes 1 that it runs on (MinK8SVersion in the first
release of each in istio/istio, which istioctl checks before it installs; a patch may raise it by one, as 1.25.1 and
1.28.2 did). What is newer needs at least what the newest here needs."""


def oldest_kubernetes(istio: int) -> int | None:
    """The oldest minor version of Kubernetes 1 for a minor version of Istio 1; None where nothing is known of it."""
    if istio < min(OLDEST_KUBERNETES):
        return None
    return OLDEST_KUBERNETES.get(istio, OLDEST_KUBERNETES[max(OLDEST_KUBERNETES)])


@dataclass(frozen=True)
class Chart:
    """A Helm chart: `name` in `repository` (a URL), pinned to `version`; `oldest` reads the same values."""

    name: str
    repository: str
    version: str
    oldest: str


@dataclass(frozen=True)
class Dashboard:
    """A dashboard of grafana.com, pinned: the number in its address and a revision that exists there."""

    gnet_id: int
    revision: int


# Prometheus, Kiali and Jaeger as Istio 1.31.1 pins them for its own sample addons, so that they are known to work
# together; the Grafana chart moved to the grafana-community repository in January 2026.
#
# The oldest of each: prometheus brings Prometheus 3, which reads a changed configuration by itself, from 26.0.0 on
# (upgrade notes in its README, CHANGELOG of prometheus/prometheus),
# kiali-server calls addresses inside the cluster internal_url from 2.0.0 on, grafana lets go of curl's --insecure by
# defaultCurlOptions from 8.15.0 on, fluent-bit brings Fluent Bit 4, which knows EKS Pod Identity, from 0.49.0 on
# (src/aws/flb_aws_credentials_http.c in fluent/fluent-bit).
PROMETHEUS = Chart("prometheus", "https://prometheus-community.github.io/helm-charts", "28.13.0", "26.0.0")
KUBE_PROMETHEUS_STACK = Chart(
    "kube-prometheus-stack", "https://prometheus-community.github.io/helm-charts", "88.5.1", "88.0.0"
)
KIALI = Chart("kiali-server", "https://kiali.org/helm-charts", "2.31.0", "2.0.0")
# The newest that the index of its repository was seen with; it installs the Kiali of its own version.
KIALI_OPERATOR = Chart("kiali-operator", "https://kiali.org/helm-charts", "2.29.0", "2.0.0")
GRAFANA = Chart("grafana", "https://grafana-community.github.io/helm-charts", "12.11.1", "8.15.0")

# The newest that the index of grafana-community has; of each, the oldest is what the values were rendered with.
LOKI = Chart("loki", "https://grafana-community.github.io/helm-charts", "18.11.0", "18.0.0")
TEMPO = Chart("tempo", "https://grafana-community.github.io/helm-charts", "2.2.4", "2.0.0")

FLUENT_BIT = Chart("fluent-bit", "https://fluent.github.io/helm-charts", "0.58.1", "0.49.0")

# Istio publishes a revision of each with every release; these are the ones of Istio 1.29.2, the newest confirmed. A
# revision that does not exist would keep Grafana's pod from starting.
ISTIO_DASHBOARDS = {
    "istio-control-plane": Dashboard(7645, 300),
    "istio-mesh": Dashboard(7639, 300),
    "istio-performance": Dashboard(11829, 300),
    "istio-service": Dashboard(7636, 300),
    "istio-wasm": Dashboard(13277, 258),
    "istio-workload": Dashboard(7630, 300),
}

JAEGER_IMAGE = "docker.io/jaegertracing/jaeger:2.17.0"
ZIPKIN_IMAGE = "docker.io/openzipkin/zipkin-slim:3.4.0"

# The samples as Istio deploys them, in the tags of release 1.31, from the registry that its own images come from.
HELLOWORLD_IMAGES = {
    "v1": "docker.io/istio/examples-helloworld-v1:1.0",
    "v2": "docker.io/istio/examples-helloworld-v2:1.0",
}
BOOKINFO_IMAGE = "docker.io/istio/examples-bookinfo-{workload}:1.20.3"
MEMBERSHIP_SERVICE_IMAGE = "docker.io/nginxinc/nginx-unprivileged:1.30.4-alpine-slim"

# The pod that `verify` sends requests from: curl says of each request why it failed, and its image has a shell and runs
# as any user.
CURL_IMAGE = "docker.io/curlimages/curl:8.22.0"
# The tags of envoyproxy/ratelimit are commits; this one is what Envoy Gateway 1.7.2 pins (its Helm values, March 2026).
RATE_LIMIT_IMAGE = "docker.io/envoyproxy/ratelimit:05c08d03"
REDIS_IMAGE = "docker.io/library/redis:8.4.0-alpine"

# What tags and versions named when `make digests` looked, which writes what is between the braces. Where a stack wants
# digests, lint says which are missing. Those of curl, Jaeger and NGINX were seen in several public repositories that
# pin them, those of charts in the indexes of their repositories; no index at hand had Kiali's 2.31.0.
IMAGE_DIGESTS: dict[tuple[str, str], str] = {
    ("docker.io/curlimages/curl", "8.22.0"): (
        "sha256:58adaa4e8dca9c988bae2aba4ab3434a0bb2da16bbe3f92dec39ec7785166777"
    ),
    ("docker.io/jaegertracing/jaeger", "2.17.0"): (
        "sha256:6266573208d665ce5c17483bce0a75d0806480d92c84766d288d0aee885ce708"
    ),
    ("docker.io/nginxinc/nginx-unprivileged", "1.30.4-alpine-slim"): (
        "sha256:e88d990b349df8cf4aa82f16642d7a23375016638c9ace4e5c6ca25028e62e65"
    ),
}
"""Image and tag -> digest of its index, which all platforms share."""

CHART_DIGESTS: dict[tuple[str, str, str], str] = {
    ("https://fluent.github.io/helm-charts", "fluent-bit", "0.58.1"): (
        "sha256:fc2235278cdb4e76befb8520464a66ff459c6d7711bbbc8755dedcc32799877b"
    ),
    ("https://grafana-community.github.io/helm-charts", "grafana", "12.11.1"): (
        "sha256:5dddbb4efe49f502a50264592637f4d2b99db50a0a800abde2f8cba3f8da0a74"
    ),
    ("https://grafana-community.github.io/helm-charts", "loki", "18.11.0"): (
        "sha256:d4d99424d197e1460878093c9fced02346669ab0698a0dca7c575ab76fff7aeb"
    ),
    ("https://grafana-community.github.io/helm-charts", "tempo", "2.2.4"): (
        "sha256:5f3f4b29c4487b9c27715c18bc6c7b0889712b14075d97705f9b151a51725f68"
    ),
    ("https://kiali.org/helm-charts", "kiali-operator", "2.29.0"): (
        "sha256:535cb4d400c1c9afd92fe420b931d93e721196857d9711759f788fc98bc50c16"
    ),
    ("https://prometheus-community.github.io/helm-charts", "kube-prometheus-stack", "88.5.1"): (
        "sha256:5ba512d3c11c1b22b912e767872ffff2ff9b343c5bec5a8f1440a62f76f062a2"
    ),
    ("https://prometheus-community.github.io/helm-charts", "prometheus", "28.13.0"): (
        "sha256:5b6f4d3b7267428ca9c28de3a985c47a0f47c4808e0b071621d108aad8cb88d6"
    ),
}
"""Repository, chart and version -> digest of the archive."""
