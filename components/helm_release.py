"""How does a chart become a resource? A Helm release with everything set that would else be left to chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_kubernetes.helm import v3 as helm

from fairlead_mesh.charts import ChartReference
from fairlead_mesh.ownership import release_description, stack_mark

from .owner import named


def helm_release(
    name: str,
    chart: ChartReference,
    *,
    namespace: str,
    values: Mapping[str, Any],
    parent: pulumi.Resource,
    after: Sequence[pulumi.Resource] = (),
    wait: bool = True,
    timeout: int | None = None,
) -> helm.Release:
    """A release `name` in a `namespace` that exists; with `wait` it is done when its pods (and its load balancer's
    address) are there, or have not come within `timeout` seconds; Helm's own 300 where it is absent."""
    return helm.Release(
        named(name),
        name=name,
        chart=chart.chart,
        version=chart.version,
        repository_opts=helm.RepositoryOptsArgs(repo=chart.repository) if chart.repository else None,
        namespace=namespace,
        values=values,
        description=release_description(stack_mark(pulumi.get_project(), pulumi.get_stack())),
        skip_await=not wait,
        timeout=timeout,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )
