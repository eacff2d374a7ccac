"""What is Kiali in a mesh? Its section, and the values that make its chart show this mesh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.chart_addon import ChartAddon
from fairlead_mesh.addons.credentials import ca_of_kiali
from fairlead_mesh.addons.grafana import Grafana
from fairlead_mesh.addons.kiali_operator import KIALI_ENDPOINT, OPERATOR_PRODUCT, kiali_object, operator_values
from fairlead_mesh.addons.openid import OpenId, seen_at
from fairlead_mesh.addons.product import NO_SIDECAR, Product, Reading, has_sidecar, opened_by, word_at
from fairlead_mesh.addons.prometheus import Prometheus
from fairlead_mesh.addons.tracing import Tracing
from fairlead_mesh.keys.section import Manifest, Values, given, merged
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.versions import KIALI

if TYPE_CHECKING:
    from fairlead_mesh.addons.surroundings import Surroundings

_KEY = "kialiSigningKey"
_SECRET = "kiali-signing-key"  # noqa: S105 - a Secret's name
_OPENID = "kialiOpenIdSecret"
_OWN_SECRET = "kiali"  # noqa: S105 - the name of the Secret that the server looks for
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


_PRODUCT = Product("Kiali", KIALI.name, chart=KIALI, endpoint=KIALI_ENDPOINT, read=_read)


class Kiali(ChartAddon):
    """Kiali, the graph of the mesh, on port 20001; it needs a Prometheus."""

    products = (_PRODUCT, OPERATOR_PRODUCT)
    asks = (Grafana, Prometheus, Tracing)
    needs: ClassVar[Mapping[type[Addon], str]] = {Prometheus: "shows only errors"}
    shows_traffic: ClassVar[bool] = True
    secrets: ClassVar[Mapping[str, str]] = {
        _KEY: "Key of 16, 24 or 32 characters that signs Kiali's sessions where auth is token; without it the "
        "chart generates a new one at every change, which logs everyone out. "
        "Set it with `pulumi config set --secret fairlead:kialiSigningKey`.",
        _OPENID: "Secret of Kiali at its OpenID provider, where that wants one. "
        "Set it with `pulumi config set --secret fairlead:kialiOpenIdSecret`.",
    }

    operator: bool = False
    """Whether Kiali's operator keeps it, of a Kiali object; `version` is then its chart's, and `values` are merged into
    the object's spec, which has the same keys."""
    auth: Literal["anonymous", "token", "openid"] | None = None
    """Login method; defaults to `openid` with that key, to `token` if the Service can be reached from outside the
    cluster, else to `anonymous`. Where the stack is protected, nobody can edit."""
    openid: OpenId | None = None
    """Login by an OpenID provider, such as {issuer: https://login.example.com, clientId: kiali}."""

    @property
    def strategy(self) -> str:
        own, deployment = word_at(self.values, "auth", "strategy"), as_map(self.values.get("deployment"))
        service = {"type": deployment.get("service_type") or self.service_type}
        outside = self.visitors_are_anybody or opened_by(service, deployment.get("ingress"))
        return own or self.auth or ("openid" if self.openid else "token" if outside else "anonymous")

    @property
    def more_ports(self) -> list[dict[str, Any]]:
        return [{"name": "http-metrics", "port": 9090, "appProtocol": "http"}]

    @property
    def product(self) -> Product:
        return OPERATOR_PRODUCT if self.operator else _PRODUCT

    def chart_values(self, around: Surroundings) -> Values:
        own = self._server_values(around)
        read_only = own["deployment"].get("view_only_mode") is True
        return operator_values(self.namespace, read_only=read_only) if self.operator else own

    def chart_objects(self, around: Surroundings) -> list[Manifest]:
        made = self.operator and self.installed
        return [kiali_object(self.namespace, self._server_values(around))] if made else []

    def reading(self, around: Surroundings) -> Reading:
        return _read(self._server_values(around))

    def _server_values(self, around: Surroundings) -> Values:
        """A Kiali behind the Service `kiali`, port 20001, that knows the other addons.

        Kiali has no provider for Zipkin: its traces are looked at in Zipkin itself, and Kiali's tracing stays off. The
        stack's key (16, 24 or 32 characters) signs sessions; without one the chart makes up a key at every install and
        upgrade, which logs everybody out.
        """
        tracing = around.of(Tracing)
        own: Values = {
            "auth": given(strategy=self.strategy, openid=self.openid.values() if self.openid else None),
            "deployment": self._deployment(read_only=around.protected or self.strategy == "anonymous"),
            "external_services": {
                # The server finds out the names of istiod and its config map; the chart still asks for the namespace.
                "istio": {"root_namespace": around.istio_namespace},
                "prometheus": _at("url", around.url_of(Prometheus), **_login(around.of(Prometheus))),
                "grafana": _at(
                    "internal_url",
                    around.url_of(Grafana),
                    **_linked(around.of(Grafana)),
                    **_login(around.of(Grafana), "auth"),
                ),
                "tracing": _tracing(tracing) if tracing else _at("internal_url", None),
            },
            **self._withheld,
            **self._signing(_KEY in around.secrets),
            "server": {"port": 20001, "web_root": "/kiali", **seen_at(self.page_url)},
        }
        return merged(own, self.values)

    def _deployment(self, *, read_only: bool) -> Values:
        return {
            "instance_name": "kiali",
            "image_pull_policy": "IfNotPresent",
            "ingress": {"enabled": False},
            # The chart's own lets everybody in, and what one policy lets in, no other keeps out.
            "network_policy": {"enabled": False},
            "pod_labels": NO_SIDECAR,
            "service_type": self.service_type,
            **given(resources=self.resources),
            # Anonymous visitors act with Kiali's own rights, which would let anyone edit the objects of this stack; a
            # protected stack changes by its stack file alone.
            "view_only_mode": read_only,
        }

    @property
    def _withheld(self) -> Values:
        """What Kiali may read is everybody's where nobody logs in: without this page of its, the chart leaves the right
        to read every pod's log out of its role."""
        return {"kiali_feature_flags": {"disabled_features": ["logs-tab"]}} if self.strategy == "anonymous" else {}

    def _signing(self, set_: bool) -> Values:
        """The key of the stack; without one, the operator keeps one of its own."""
        if not set_ and self.operator:
            return {}
        # Nothing is signed for anonymous visitors; a word here keeps the chart from rendering a new key every time.
        unset = "unused" if self.strategy == "anonymous" else ""
        return {"login_token": {"signing_key": f"secret:{_SECRET}:signing-key" if set_ else unset}}

    def shared_objects(self, around: Surroundings) -> list[Manifest]:
        """CAs of what it asks that exists already."""
        asked = (around.of(Prometheus), around.of(Grafana), around.of(Tracing)) if self.installed else ()
        return ca_of_kiali(self.namespace, [each.credentials for each in asked if each and each.credentials])

    def secret_objects(self, secrets: Mapping[str, Any]) -> list[Manifest]:
        """The Secret that the server reads its key from."""
        held = {_KEY: (_SECRET, "signing-key"), _OPENID: (_OWN_SECRET, "oidc-secret")}
        return [
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": name, "namespace": self.namespace},
                "type": "Opaque",
                "stringData": {field: secrets[key]},
            }
            for key, (name, field) in held.items()
            if key in secrets
        ]


def _at(key: str, url: str | None, **settings: Any) -> Values:
    return {"enabled": True, key: url, **settings} if url else {"enabled": False}


def _tracing(tracing: Tracing) -> Values:
    """Where it reads traces. Tempo has no page: links to it lead to Grafana, which knows it by this id."""
    readable = tracing.readable_url if tracing.provider in _TRACING_PROVIDERS else None
    seen = {"tempo_config": {"datasource_uid": "tempo", "org_id": "1", "url_format": "grafana"}}
    more = seen if tracing.provider == "tempo" else {}
    more |= _login(tracing)
    return _at("internal_url", readable, provider=tracing.provider, use_grpc=False, **more, **_linked(tracing))


def _login(addon: Prometheus | Grafana | Tracing | None, only: str = "") -> Values:
    """How it is asked; `only` one part where Kiali has no other."""
    said = addon.credentials.of_kiali() if addon and addon.credentials else {}
    return {key: value for key, value in said.items() if only in ("", key)}


def _linked(addon: Addon | None) -> Values:
    """Where a browser follows a link to it."""
    return {"external_url": addon.page_url} if addon and addon.page_url else {}
