"""Which ports do gateways get for the pages of addons that they show? Those that their sections do not list."""

from __future__ import annotations

from fairlead_mesh.config import Config
from fairlead_mesh.gateways import Gateway, GatewayPort


def with_ports_of_pages(config: Config) -> Config:
    """The config with them: a Service has no port that nobody lists, and a page's TLS needs one."""
    gateways = [_opened(config, gateway) for gateway in config.gateways]
    return config.model_copy(update={"gateways": gateways}) if gateways != config.gateways else config


def _opened(config: Config, gateway: Gateway) -> Gateway:
    wanted = {
        addon.expose.port
        for addon in config.addons.named
        if addon.expose and addon.expose.tls and addon.expose.gateway == gateway.name
    }
    missing = sorted(wanted - {port.port for port in gateway.ports})
    if not missing or gateway.external or gateway.direction != "ingress":
        return gateway
    # Without hosts, so that nothing but the pages' own listeners is served there.
    added = [GatewayPort.model_validate({"port": number, "protocol": "HTTPS", "hosts": []}) for number in missing]
    opened = gateway.model_copy(update={"ports": [*gateway.ports, *added]})
    if "ports" not in gateway.model_fields_set:
        # Findings look there for a place in the stack file.
        opened.model_fields_set.discard("ports")
    return opened
