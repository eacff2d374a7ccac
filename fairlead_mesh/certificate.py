"""Who issues the certificate of a gateway? cert-manager, where the stack file names an issuer of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from fairlead_mesh.keys.scalars import Duration, Hostname, NonEmpty
from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.keys.short import Short


class Certificate(Short):
    """A Certificate of cert-manager, which has to be installed; a plain string is the name of the issuer."""

    plain: ClassVar[str] = "issuer"

    issuer: NonEmpty
    """Name of the issuer, such as letsencrypt."""
    kind: Literal["ClusterIssuer", "Issuer"] = "ClusterIssuer"
    """Kind of the issuer; an Issuer is in the gateway's namespace."""
    dns_names: list[Hostname] = Field(default_factory=list[str])
    """Names in the certificate; default to `hosts` of the port."""
    duration: Duration | None = None
    """How long it is valid; defaults to cert-manager's own, 90 days."""
    renew_before: Duration | None = None
    """How long before its end it is renewed; defaults to cert-manager's own, a third of its duration."""


def certificate_object(name: str, namespace: str, certificate: Certificate, hosts: Sequence[str]) -> Manifest:
    """The Certificate; its secret has its name."""
    spec = given(
        secretName=name,
        dnsNames=certificate.dns_names or list(hosts),
        issuerRef={"name": certificate.issuer, "kind": certificate.kind, "group": "cert-manager.io"},
        duration=certificate.duration,
        renewBefore=certificate.renew_before,
    )
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }
