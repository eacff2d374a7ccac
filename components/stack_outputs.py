"""What does `pulumi stack output` show?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from fairlead_mesh.config import Config
from fairlead_mesh.outputs import Reached, app_outputs, gateway_outputs


def stack_outputs(config: Config, reached: Mapping[str, pulumi.Output[Reached]]) -> dict[str, Any]:
    """Addresses and URLs of gateways, addons and apps; `reached` says how each gateway is."""
    gateways = {
        gateway.name: reached[gateway.name].apply(lambda live, gateway=gateway: gateway_outputs(gateway, live))
        for gateway in config.gateways
    }
    urls = pulumi.Output.from_input(gateways).apply(lambda found: {name: each["urls"] for name, each in found.items()})
    return {
        "gateways": gateways,
        "addons": {addon.key: addon.local_access for addon in config.addons.named},
        "apps": urls.apply(lambda found: _apps(config, found)),
    }


def _apps(config: Config, gateway_urls: Any) -> dict[str, Any]:
    return {app.name: app_outputs(app, gateway_urls) for app in config.routed_apps}
