"""How many pods of a gateway run, and where? The values of its chart, and what the chart has no value for."""

from __future__ import annotations

from fairlead_mesh.gateways import Gateway
from fairlead_mesh.keys.section import Manifest, Values, given
from fairlead_mesh.model.pods.gateway_chart import GatewayChart
from fairlead_mesh.rollout.autoscaling import GATEWAY_REQUESTS, horizontal_pod_autoscaler
from fairlead_mesh.rollout.disruption_budget import pod_disruption_budget
from fairlead_mesh.rollout.spread import topology_spread_constraints


def rollout_values(gateway: Gateway) -> Values:
    """The part of the chart's values that says how many pods run and where."""
    selector = _chart(gateway).selector
    values = given(topologySpreadConstraints=topology_spread_constraints(gateway.spread, selector))
    scaling = gateway.autoscaling
    if gateway.replicas is not None:
        values |= {"replicaCount": gateway.replicas, "autoscaling": {"enabled": False}}
    elif scaling and scaling.requests_per_second:
        # The chart's autoscaler knows CPU and memory only, and its budget wants an autoscaler of the chart's.
        return values | {"autoscaling": {"enabled": False}}
    elif scaling:
        values["autoscaling"] = given(
            enabled=True,
            minReplicas=scaling.min,
            maxReplicas=scaling.max,
            targetCPUUtilizationPercentage=scaling.cpu,
            targetMemoryUtilizationPercentage=scaling.memory,
        )
    return values | given(podDisruptionBudget=gateway.pod_disruption_budget)


def rollout_objects(gateway: Gateway) -> list[Manifest]:
    """The autoscaler and the budget where requests are counted.

    Their name differs from the chart's, which are deleted after these are created.
    """
    scaling, chart = gateway.autoscaling, _chart(gateway)
    if gateway.external or not scaling or not scaling.requests_per_second:
        return []
    name = f"{chart.name}-requests"
    scaler = horizontal_pod_autoscaler(name, gateway.home, chart.name, scaling, requests=GATEWAY_REQUESTS)
    budget = gateway.pod_disruption_budget
    return [scaler, *([pod_disruption_budget(name, gateway.home, chart.selector, budget)] if budget else [])]


def _chart(gateway: Gateway) -> GatewayChart:
    return GatewayChart(gateway.name, gateway.home, {"labels": gateway.pod_labels, **gateway.values})
