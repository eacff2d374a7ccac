"""When does a certificate end that nobody renews? Those of the mesh itself, and those that gateways show to clients."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.alerts.rule import POD_IN_WORDS, Alert

_DAY = 24 * 3600
_SHOWN = "envoy_listener_.*ssl_certificate_kubernetes_+"
_UNTIL = "_expiration_unix_time_seconds"
"""Envoy has a gauge for each certificate of a listener: `listener.<address>.ssl.certificate.<name>` and this. The name,
`kubernetes://<credentialName>`, is no label at Istio's proxies, but a part of the metric's (stats_tags in
tools/packaging/common/envoy_bootstrap.json of istio/istio)."""


def certificate_alerts() -> Iterator[Alert]:
    """Of roots and issuers, of proxies, and of gateways."""
    yield Alert(
        "RootCertificateExpires",
        "critical",
        f"min(citadel_server_root_cert_expiry_seconds) < {30 * _DAY}",
        "1h",
        "The mesh's root certificate expires in {{ $value | humanizeDuration }}",
        "From then on no proxy accepts another's certificate. Every proxy must know a new root before it is used.",
    )
    yield Alert(
        "IssuingCertificateExpires",
        "critical",
        f"min(citadel_server_cert_chain_expiry_seconds) < {14 * _DAY}",
        "1h",
        "istiod's issuing certificate expires in {{ $value | humanizeDuration }}",
        "From then on istiod issues no certificate that anybody accepts.",
    )
    yield Alert(
        "WorkloadCertificateExpires",
        "critical",
        'min by (namespace, pod) (istio_agent_cert_expiry_seconds{resource_name="default"}) < 3600',
        "10m",
        f"The certificate of {POD_IN_WORDS} expires in {{{{ $value | humanizeDuration }}}}",
        "Its proxy renews it after half of its lifetime, and has not: it does not get a new one from istiod.",
    )
    named = (
        f'label_replace({{__name__=~"{_SHOWN}.+{_UNTIL}"}}, "certificate", "$1", "__name__", "{_SHOWN}(.+){_UNTIL}")'
    )
    yield Alert(
        "GatewayCertificateExpires",
        "critical",
        f"min by (namespace, certificate) ({named}) - time() < {14 * _DAY}",
        "1h",
        "The certificate {{ $labels.certificate }} of a gateway in {{ $labels.namespace }} expires in "
        "{{ $value | humanizeDuration }}",
        "From then on clients reject the gateway. Proxies write other characters than letters and digits as _ here.",
    )
    yield Alert(
        "CertificateNotIssued",
        "warning",
        'max by (exported_namespace, name) (certmanager_certificate_ready_status{condition="False"}) == 1',
        "1h",
        "cert-manager does not issue {{ $labels.name }} in {{ $labels.exported_namespace }}",
        "Its Certificate has not been ready for an hour: a new host has no TLS, an old one loses it at its end.",
    )
