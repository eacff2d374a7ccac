"""Which cluster is a stack's? The context that its stack file names, or on EKS the one that leads to the cluster."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from fairlead.cloud.eks_cluster import eks_cluster
from fairlead.cluster.api_client import readable_kubeconfig
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.evaluation.snapshot import UNKNOWN, Snapshot
from fairlead.terminal.errors import UserError
from fairlead_mesh.cluster import Eks

_PROVIDER = "pulumi:providers:kubernetes"
_EKS = "eks/"


@dataclass(frozen=True)
class Named:
    """What the command line says of the cluster; it goes before what the stack says."""

    kubeconfig: Path | None = None
    context: str | None = None


def stack_cluster(snapshot: Snapshot, program: Path, said: Named, eks: Eks | None = None) -> LiveCluster:
    """The cluster, to read from.

    The current context is never taken: it may lead anywhere. Where the command line and the kubeconfig name none, `eks`
    is asked for the cluster itself. Raises UserError where none can be told.
    """
    found = [each.inputs for each in snapshot.resources if each.type == _PROVIDER]
    inputs = found[0] if found else {}
    named, identifier = str(inputs.get("kubeconfig") or ""), str(inputs.get("clusterIdentifier") or "")
    kubeconfig = said.kubeconfig
    if kubeconfig is None and named and UNKNOWN not in named:
        kubeconfig = program / Path(named).expanduser()
    if context := said.context or inputs.get("context"):
        return LiveCluster(kubeconfig, context)
    known = _eks_contexts(identifier, kubeconfig)
    if eks and kubeconfig is None and not known:
        return eks_cluster(eks)
    return LiveCluster(kubeconfig, _only(known, identifier))


def _eks_contexts(identifier: str, kubeconfig: Path | None) -> list[str]:
    name = identifier.removeprefix(_EKS)
    # As `aws eks update-kubeconfig` and eksctl name them.
    form = re.compile(rf"(.*:cluster/)?{re.escape(name)}|.*@{re.escape(name)}\..*\.eksctl\.io")
    return [each for each in _contexts(kubeconfig) if form.fullmatch(each)]


def _only(found: list[str], identifier: str) -> str:
    name = identifier.removeprefix(_EKS)
    if len(found) != 1:
        which = "none" if not found else " and ".join(sorted(found))
        raise UserError(
            f"It is not clear which context of the kubeconfig is the EKS cluster {name}: {which} may be.",
            f"Name it with --context; aws eks update-kubeconfig --name {name} creates one.",
        )
    return found[0]


def _contexts(kubeconfig: Path | None) -> list[str]:
    config: Any = import_module("kubernetes.config")
    try:
        with readable_kubeconfig(kubeconfig):
            contexts, _ = config.list_kube_config_contexts(config_file=str(kubeconfig) if kubeconfig else None)
    except config.ConfigException:
        return []
    return [str(each["name"]) for each in contexts]
