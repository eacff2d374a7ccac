"""How is an addon asked that exists already? With a login, by a CA of one's own, and with further headers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from fairlead_mesh.addons.log_outputs import AwsRegion
from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import DnsLabel, HeaderName, NonEmpty
from fairlead_mesh.keys.section import Manifest, Section, Values, merged
from fairlead_mesh.keys.together import at_least_one, at_most_one

METRICS, TRACES = "metrics", "traces"
"""What Grafana asks for, with a login of its own each."""
_KEYS = ("bearer", "basic", "sigV4", "ca", "caConfigMap", "headers")
KIALI_CA = "kiali-cabundle"
"""The only ConfigMap that Kiali reads CAs from; its chart mounts it where it exists (kiali/helm-charts)."""
_KIALI_KEY, _OWN_KEY = "additional-ca-bundle.pem", "ca.crt"
Pem = Annotated[
    str,
    Form(r"\s*-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*", "write the certificate itself, as PEM"),
]


class Credentials(Section):
    """How an addon is asked that exists. Secrets must exist in the namespaces of those who ask."""

    together = (
        at_least_one(*_KEYS, what=f"say how it is asked: {', '.join(_KEYS)}"),
        at_most_one("bearer", "basic", "sigV4", what="log in in one way: bearer, basic or sigV4"),
        at_most_one("ca", "caConfigMap", what="keep one of ca and caConfigMap"),
    )

    bearer: DnsLabel | None = None
    """Secret with the key `token`."""
    basic: DnsLabel | None = None
    """Secret with the keys `username` and `password`."""
    sig_v4: AwsRegion | None = None
    """Region of an Amazon Managed Service for Prometheus: Grafana signs its requests by the identity of its pods, such
    as EKS Pod Identity. Kiali cannot sign."""
    ca: Pem | None = None
    """The CA of its certificate, as PEM (a CA is no secret); Grafana and Kiali get it in ConfigMaps."""
    ca_config_map: DnsLabel | None = None
    """ConfigMap that exists, with the CA under the key `ca.crt`, in the namespace of Grafana. Kiali reads none but
    `kiali-cabundle`, key `additional-ca-bundle.pem`."""
    headers: dict[HeaderName, NonEmpty] = Field(default_factory=dict[str, str])
    """Further headers of each request, such as {x-scope-orgid: mesh} for a tenant of Mimir."""

    @property
    def secret(self) -> str | None:
        """The Secret that it logs in with."""
        return self.bearer or self.basic

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """What that Secret has to hold."""
        return ("token",) if self.bearer else ("username", "password") if self.basic else ()

    def of_kiali(self) -> Values:
        """As its configuration has it."""
        headers: Values = {"custom_headers": dict(self.headers)} if self.headers else {}
        if self.bearer:
            return {"auth": {"type": "bearer", "token": f"secret:{self.bearer}:token"}, **headers}
        if self.basic:
            own = {name: f"secret:{self.basic}:{name}" for name in self.secret_keys}
            return {"auth": {"type": "basic", **own}, **headers}
        return headers

    def of_datasource(self, of: str) -> Values:
        """As a data source of Grafana has it, with what is secret from its environment; `of` METRICS or TRACES."""
        found = self._login_of_datasource(of)
        if self.ca or self.ca_config_map:
            verified = {"secureJsonData": {"tlsCACert": _from(of, "ca")}}
            found = merged(found, {"jsonData": {"tlsAuthWithCACert": True}, **verified})
        # The first is the one of a bearer token.
        for number, (name, value) in enumerate(self.headers.items(), start=2):
            named, held = {f"httpHeaderName{number}": name}, {f"httpHeaderValue{number}": value}
            found = merged(found, {"jsonData": named, "secureJsonData": held})
        return found

    def _login_of_datasource(self, of: str) -> Values:
        if self.bearer:
            header = {"jsonData": {"httpHeaderName1": "Authorization"}}
            return {**header, "secureJsonData": {"httpHeaderValue1": f"Bearer {_from(of, 'token')}"}}
        if self.basic:
            user = {"basicAuth": True, "basicAuthUser": _from(of, "username")}
            return {**user, "secureJsonData": {"basicAuthPassword": _from(of, "password")}}
        if self.sig_v4:
            return {"jsonData": {"sigV4Auth": True, "sigV4AuthType": "default", "sigV4Region": self.sig_v4}}
        return {}

    def of_grafana(self, of: str) -> Values:
        """Values of its chart: the environment, and that it may sign."""
        signs: Values = {"grafana.ini": {"auth": {"sigv4_auth_enabled": True}}} if self.sig_v4 else {}
        read: Values = {
            _variable(of, key): {"secretKeyRef": {"name": self.secret, "key": key}} for key in self.secret_keys
        }
        if self.ca or self.ca_config_map:
            held = {"name": self.ca_config_map or _own_ca(of), "key": _OWN_KEY}
            read[_variable(of, "ca")] = {"configMapKeyRef": held}
        return signs | ({"envValueFrom": read} if read else {})

    def ca_of_grafana(self, namespace: str, of: str) -> list[Manifest]:
        """The ConfigMap that Grafana has the CA from; none where one exists."""
        return [_config_map(_own_ca(of), namespace, _OWN_KEY, self.ca)] if self.ca else []


def ca_of_kiali(namespace: str, every: Iterable[Credentials]) -> list[Manifest]:
    """The ConfigMap that Kiali has all CAs from; none where one exists."""
    authorities = dict.fromkeys(each.ca.strip() for each in every if each.ca)
    return [_config_map(KIALI_CA, namespace, _KIALI_KEY, "\n".join([*authorities, ""]))] if authorities else []


def _variable(of: str, what: str) -> str:
    return f"{of}_{what}".upper()


def _from(of: str, what: str) -> str:
    """What Grafana reads from its environment."""
    return f"${{{_variable(of, what)}}}"


def _own_ca(of: str) -> str:
    return f"fairlead-{of}-ca"


def _config_map(name: str, namespace: str, key: str, text: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {key: text}}
