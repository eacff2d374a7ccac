"""Which objects does a release bring, as far as that is known without rendering its chart?"""

from __future__ import annotations

from fairlead.evaluation.snapshot import Resource
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.gateway_chart import GATEWAY_CHART, GatewayChart


def gateway_chart(resource: Resource) -> GatewayChart | None:
    """The gateway that a resource is; None for everything else, and where its values are a secret as a whole."""
    if not resource.is_release or resource.chart != GATEWAY_CHART or isinstance(resource.inputs.get("values"), str):
        return None
    name, namespace = resource.inputs.get("name") or resource.name, resource.inputs.get("namespace") or "default"
    return GatewayChart(str(name), str(namespace), as_map(resource.inputs.get("values")))
