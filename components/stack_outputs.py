"""What does `pulumi stack output` show?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from mesh.addons import local_access
from mesh.config import Config
from mesh.outputs import app_outputs, gateway_outputs


def stack_outputs(config: Config, addresses: Mapping[str, pulumi.Output[str | None]]) -> dict[str, Any]:
    """Addresses and URLs of gateways, addons and apps; `addresses` are those of the load balancers, by gateway."""
    gateways = {
        gateway.name: addresses[gateway.name].apply(lambda address, gateway=gateway: gateway_outputs(gateway, address))
        for gateway in config.gateways
    }
    urls = pulumi.Output.from_input(gateways).apply(
        lambda found: {name: each["urls"] for name, each in found.items()}
    )
    addons = {name: getattr(config.addons, name) for name in type(config.addons).model_fields}
    return {
        "gateways": gateways,
        "addons": {name: local_access(addon) for name, addon in addons.items() if addon},
        "apps": urls.apply(lambda found: {app.name: app_outputs(app, found) for app in config.apps}),
    }
