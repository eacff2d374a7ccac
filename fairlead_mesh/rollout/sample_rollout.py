"""How many pods of a sample run, where, and how do they leave? What its keys make of its Deployments.

A pod that leaves answers for `drain` seconds more, and its sidecar as long: it is told to stop at once, and by itself
would be gone after 5 seconds (Istio: pilot-agent's EXIT_ON_ZERO_ACTIVE_CONNECTIONS and MINIMUM_DRAIN_DURATION).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from fairlead_mesh.keys.scalars import seconds
from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.workloads import template_selector
from fairlead_mesh.rollout.autoscaling import APP_REQUESTS, horizontal_pod_autoscaler
from fairlead_mesh.rollout.disruption_budget import pod_disruption_budget
from fairlead_mesh.rollout.spread import topology_spread_constraints
from fairlead_mesh.samples.sample import Sample
from fairlead_mesh.workload import DRAIN_SECONDS

_PROXY_CONFIG = "proxy.istio.io/config"
_TO_CLOSE = 25
"""Seconds after the drain for what is still being answered: with the usual drain, Kubernetes' own grace period."""


def rolled_out(sample: Sample, objects: list[Manifest]) -> Iterator[Manifest]:
    """The sample's objects as its keys want them, then the autoscalers and budgets of its Deployments."""
    own = [_deployment(sample, each) if each["kind"] == "Deployment" else each for each in objects]
    yield from own
    for each in own:
        if each["kind"] == "Deployment":
            yield from _objects(sample, each)


def _objects(sample: Sample, deployment: Manifest) -> Iterator[Manifest]:
    name, namespace = deployment["metadata"]["name"], sample.namespace
    if sample.autoscaling:
        yield horizontal_pod_autoscaler(name, namespace, name, sample.autoscaling, requests=APP_REQUESTS)
    if sample.pod_disruption_budget:
        selector = template_selector(Item(deployment))
        yield pod_disruption_budget(name, namespace, selector, sample.pod_disruption_budget)


def _deployment(sample: Sample, made: Manifest) -> Manifest:
    spec = {key: value for key, value in made["spec"].items() if key != "replicas"}
    # A number here would be what every `up` sets the Deployment back to.
    replicas = {} if sample.autoscaling else {"replicas": sample.replicas or 1}
    constraints = topology_spread_constraints(sample.spread, template_selector(Item(made)))
    pod = spec["template"]["spec"] | given(topologySpreadConstraints=constraints)
    template = _draining({**spec["template"], "spec": pod}, seconds(sample.drain))
    return {**made, "spec": {**replicas, **spec, "template": template}}


def _draining(template: Manifest, drain: int) -> Manifest:
    if drain == DRAIN_SECONDS:
        return template
    sleeps = {"lifecycle": {"preStop": {"sleep": {"seconds": drain}}}} if drain else {}
    containers = [
        {key: value for key, value in each.items() if key != "lifecycle"} | sleeps
        for each in template["spec"]["containers"]
    ]
    waits = {"EXIT_ON_ZERO_ACTIVE_CONNECTIONS": "true", "MINIMUM_DRAIN_DURATION": f"{drain}s"}
    annotations = {**template["metadata"].get("annotations", {}), _PROXY_CONFIG: json.dumps({"proxyMetadata": waits})}
    pod = {**template["spec"], "containers": containers, "terminationGracePeriodSeconds": drain + _TO_CLOSE}
    return {"metadata": {**template["metadata"], "annotations": annotations}, "spec": pod}
