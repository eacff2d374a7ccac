"""How do pages log in at metrics that exist already? By a Secret that exists, or by signatures of AWS."""

from __future__ import annotations

from typing import Any

from fairlead_mesh.addons.log_outputs import AwsRegion
from fairlead_mesh.keys.scalars import DnsLabel
from fairlead_mesh.keys.section import Section, Values
from fairlead_mesh.keys.together import exactly_one

_TOKEN, _USER, _PASSWORD = "METRICS_TOKEN", "METRICS_USERNAME", "METRICS_PASSWORD"


class Credentials(Section):
    """How an existing Prometheus is asked. Secrets must exist in the namespaces of those who ask."""

    together = (exactly_one("bearer", "basic", "sigV4", what="log in in one way: bearer, basic or sigV4"),)

    bearer: DnsLabel | None = None
    """Secret with the key `token`."""
    basic: DnsLabel | None = None
    """Secret with the keys `username` and `password`."""
    sig_v4: AwsRegion | None = None
    """Region of an Amazon Managed Service for Prometheus: Grafana signs its requests by the identity of its pods, such
    as EKS Pod Identity. Kiali cannot sign."""

    def of_kiali(self) -> Values:
        """As its configuration has it."""
        if self.bearer:
            return {"auth": {"type": "bearer", "token": f"secret:{self.bearer}:token"}}
        if self.basic:
            own = {name: f"secret:{self.basic}:{name}" for name in ("username", "password")}
            return {"auth": {"type": "basic", **own}}
        return {}

    def of_datasource(self) -> Values:
        """As a data source of Grafana has it, with what is secret from its environment."""
        if self.bearer:
            header = {"jsonData": {"httpHeaderName1": "Authorization"}}
            return {**header, "secureJsonData": {"httpHeaderValue1": f"Bearer ${{{_TOKEN}}}"}}
        if self.basic:
            user = {"basicAuth": True, "basicAuthUser": f"${{{_USER}}}"}
            return {**user, "secureJsonData": {"basicAuthPassword": f"${{{_PASSWORD}}}"}}
        return {"jsonData": {"sigV4Auth": True, "sigV4AuthType": "default", "sigV4Region": self.sig_v4}}

    def of_grafana(self) -> Values:
        """Values of its chart: the environment, and that it may sign."""
        if self.sig_v4:
            return {"grafana.ini": {"auth": {"sigv4_auth_enabled": True}}}
        keys = {_TOKEN: "token"} if self.bearer else {_USER: "username", _PASSWORD: "password"}
        return {"envValueFrom": {name: _key(self.bearer or self.basic, key) for name, key in keys.items()}}


def _key(secret: str | None, key: str) -> dict[str, Any]:
    return {"secretKeyRef": {"name": secret, "key": key}}
