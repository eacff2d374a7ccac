"""How does a chart become a resource? A Helm release with everything set that would else be left to chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_kubernetes.helm import v3 as helm

from mesh.charts import ChartReference


def helm_release(
    name: str,
    chart: ChartReference,
    *,
    namespace: str,
    values: Mapping[str, Any],
    parent: pulumi.Resource,
    after: Sequence[pulumi.Resource] = (),
    wait: bool = True,
) -> helm.Release:
    """A release `name` in a `namespace` that exists; with `wait` it is done when its pods (and its load balancer's
    address) are there."""
    return helm.Release(
        name,
        name=name,
        chart=chart.chart,
        version=chart.version,
        repository_opts=helm.RepositoryOptsArgs(repo=chart.repository) if chart.repository else None,
        namespace=namespace,
        values=values,
        skip_await=not wait,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )
