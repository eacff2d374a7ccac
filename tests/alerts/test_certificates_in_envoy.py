"""Does a real Envoy, with the labels that Istio's proxies make, let out when the certificates of a gateway end?"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from fairlead_mesh.alerts.certificate_alerts import certificate_alerts
from fairlead_mesh.gateway_values import gateway_values
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.istio import Istio
from tests.fixtures.loopback.certificates import certificate
from tests.fixtures.loopback.envoy import Envoy, free_ports

pytestmark = [pytest.mark.mesh, pytest.mark.process]

TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3."
LISTENER_TAG = r"^listener\.(((?:[_.[:digit:]]*|[_\[\]aAbBcCdDeEfF[:digit:]]*))\.)"
"""Of stats_tags in tools/packaging/common/envoy_bootstrap.json, istio/istio: there is none of a certificate's name."""
SECRETS = ("kubernetes://shop.cert-1", "default")


def bootstrap(folder: Path) -> dict[str, Any]:
    """A listener with two certificates: one of a Secret, and the proxy's own."""
    chain, key = certificate(folder, days=20)
    for name in SECRETS:
        tls = {"certificate_chain": {"filename": chain}, "private_key": {"filename": key}}
        resource = {"@type": f"{TLS}Secret", "name": name, "tls_certificate": tls}
        (folder / f"{name[:4]}.json").write_text(json.dumps({"resources": [resource]}), encoding="utf-8")
    gateway = Gateway.model_validate({"name": "g", "ports": [{"port": 443, "protocol": "HTTPS", "hosts": []}]})
    [pattern] = gateway_values(gateway, Istio(), None)["podAnnotations"].values()
    return {
        "node": {"id": "gateway", "cluster": "gateway"},
        "stats_config": {
            "use_all_default_tags": False,
            "stats_tags": [{"tag_name": "listener_address", "regex": LISTENER_TAG}],
            "stats_matcher": {"inclusion_list": {"patterns": [{"safe_regex": {"regex": pattern}}]}},
        },
        "static_resources": {"listeners": [_listener(folder, name) for name in SECRETS]},
    }


def _listener(folder: Path, name: str) -> dict[str, Any]:
    (port,) = free_ports(1)
    source = {"path_config_source": {"path": str(folder / f"{name[:4]}.json")}, "resource_api_version": "V3"}
    tls = {"tls_certificate_sds_secret_configs": [{"name": name, "sds_config": source}]}
    context = {"@type": f"{TLS}DownstreamTlsContext", "common_tls_context": tls}
    proxy = "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"
    filters = [{"name": "tcp", "typed_config": {"@type": proxy, "stat_prefix": "tcp", "cluster": "none"}}]
    return {
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"transport_socket": {"name": "tls", "typed_config": context}, "filters": filters}],
    }


def test_the_annotation_of_gateways_lets_out_what_the_alert_asks_for(tmp_path: Path) -> None:
    envoy = Envoy(bootstrap(tmp_path), tmp_path)
    try:
        text = envoy.asked("/stats/prometheus").decode()
    finally:
        envoy.close()
    alert = next(each for each in certificate_alerts() if each.name == "GatewayCertificateExpires")
    [pattern] = re.findall(r'__name__=~"([^"]+)"', alert.expr)
    [(metric, labels, end)] = re.findall(r"^(\w+)\{(.*)\} (\d+)$", text, re.MULTILINE)
    assert re.fullmatch(pattern, metric), text
    assert "listener_address=" in labels
    assert float(end) == pytest.approx(time.time() + 20 * 86400, abs=120)
