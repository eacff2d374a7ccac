"""What is Kiali in a mesh? Its section, and the values that make its chart show this mesh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.chart_addon import ChartAddon
from fairlead_mesh.addons.grafana import Grafana
from fairlead_mesh.addons.product import NO_SIDECAR, Endpoint, Product, Reading, has_sidecar, opened_by, word_at
from fairlead_mesh.addons.prometheus import Prometheus
from fairlead_mesh.addons.tracing import Tracing
from fairlead_mesh.keys.section import Manifest, Values, merged
from fairlead_mesh.model.yaml_values import as_map
from fairlead_mesh.versions import KIALI

if TYPE_CHECKING:
    from fairlead_mesh.addons.surroundings import Surroundings

_KEY = "kialiSigningKey"
_SECRET = "kiali-signing-key"  # noqa: S105 - a Secret's name
_TRACING_PROVIDERS = ("jaeger", "tempo")
"""What Kiali can read traces from (its config.go); Zipkin is not among them."""


def _read(values: Values) -> Reading:
    strategy, deployment = word_at(values, "auth", "strategy"), as_map(values.get("deployment"))
    anonymous = strategy == "anonymous"
    return Reading(
        opened_by=opened_by({"type": deployment.get("service_type")}, deployment.get("ingress")),
        anonymous=anonymous,
        login="" if anonymous else strategy or "token",
        visitors_can=("edit Istio's objects",) if anonymous and not deployment.get("view_only_mode") else (),
        proxied=has_sidecar(deployment.get("pod_labels")),
        metrics_from=word_at(values, "external_services", "prometheus", "url"),
    )


class Kiali(ChartAddon):
    """Kiali, the graph of the mesh, on port 20001; it needs a Prometheus."""

    products = (
        Product("Kiali", KIALI.name, chart=KIALI, endpoint=Endpoint("kiali", 20001, 20001, "/kiali"), read=_read),
    )
    asks = (Grafana, Prometheus, Tracing)
    needs: ClassVar[Mapping[type[Addon], str]] = {Prometheus: "shows only errors"}
    shows_traffic: ClassVar[bool] = True
    secrets: ClassVar[Mapping[str, str]] = {
        _KEY: "Key of 16, 24 or 32 characters that signs Kiali's sessions where auth is token; without it the "
        "chart generates a new one at every change, which logs everyone out. "
        "Set it with `pulumi config set --secret fairlead:kialiSigningKey`."
    }

    auth: Literal["anonymous", "token"] | None = None
    """Login method; defaults to `token` if the Service can be reached from outside the cluster, else to `anonymous`."""

    @property
    def strategy(self) -> str:
        own, deployment = word_at(self.values, "auth", "strategy"), as_map(self.values.get("deployment"))
        service = {"type": deployment.get("service_type") or self.service_type}
        outside = opened_by(service, deployment.get("ingress"))
        return own or self.auth or ("token" if outside else "anonymous")

    @property
    def more_ports(self) -> list[dict[str, Any]]:
        return [{"name": "http-metrics", "port": 9090, "appProtocol": "http"}]

    def chart_values(self, around: Surroundings) -> Values:
        """A Kiali behind the Service `kiali`, port 20001, that knows the other addons.

        Kiali has no provider for Zipkin: its traces are looked at in Zipkin itself, and Kiali's tracing stays off. The
        stack's key (16, 24 or 32 characters) signs sessions; without one the chart makes up a key at every install and
        upgrade, which logs everybody out.
        """
        tracing = around.of(Tracing)
        own: Values = {
            "auth": {"strategy": self.strategy},
            "deployment": self._deployment(),
            "external_services": {
                # The server finds out the names of istiod and its config map; the chart still asks for the namespace.
                "istio": {"root_namespace": around.istio_namespace},
                "prometheus": _at("url", around.url_of(Prometheus)),
                "grafana": _at("internal_url", around.url_of(Grafana)),
                "tracing": _tracing(tracing.query_url, tracing.provider) if tracing else _at("internal_url", None),
            },
            **self._withheld,
            "login_token": {"signing_key": self._signing_key(_KEY in around.secrets)},
            "server": {"port": 20001, "web_root": "/kiali"},
        }
        return merged(own, self.values)

    def _deployment(self) -> Values:
        return {
            "instance_name": "kiali",
            "image_pull_policy": "IfNotPresent",
            "ingress": {"enabled": False},
            # The chart's own lets everybody in, and what one policy lets in, no other keeps out.
            "network_policy": {"enabled": False},
            "pod_labels": NO_SIDECAR,
            "service_type": self.service_type,
            # Anonymous visitors act with Kiali's own rights, which would let anyone edit the objects of this stack.
            "view_only_mode": self.strategy == "anonymous",
        }

    @property
    def _withheld(self) -> Values:
        """What Kiali may read is everybody's where nobody logs in: without this page of its, the chart leaves the right
        to read every pod's log out of its role."""
        return {"kiali_feature_flags": {"disabled_features": ["logs-tab"]}} if self.strategy == "anonymous" else {}

    def _signing_key(self, set_: bool) -> str:
        if set_:
            return f"secret:{_SECRET}:signing-key"
        # Nothing is signed for anonymous visitors; a word here keeps the chart from rendering a new key every time.
        return "unused" if self.strategy == "anonymous" else ""

    def secret_objects(self, secrets: Mapping[str, Any]) -> list[Manifest]:
        """The Secret that the server reads its key from."""
        if _KEY not in secrets:
            return []
        metadata = {"name": _SECRET, "namespace": self.namespace}
        data = {"signing-key": secrets[_KEY]}
        return [{"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": data}]


def _at(key: str, url: str | None, **settings: Any) -> Values:
    return {"enabled": True, key: url, **settings} if url else {"enabled": False}


def _tracing(url: str | None, provider: str | None) -> Values:
    readable = url if provider in _TRACING_PROVIDERS else None
    return _at("internal_url", readable, provider=provider, use_grpc=False)
