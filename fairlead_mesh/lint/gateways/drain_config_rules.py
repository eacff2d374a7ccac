"""Do a gateway's pods stay until the load balancer sends them nothing any more?

How an NLB deregisters pods is measured in kubernetes-sigs/aws-load-balancer-controller#2366 and
aws/containers-roadmap#470, and for Istio's gateways in istio/istio#35964.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.gateway_values import gateway_values
from fairlead_mesh.keys.scalars import seconds
from fairlead_mesh.lint.gateways.load_balancer_annotations import balancers
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.versions import GATEWAY_CHART

_LONGEST = 3600
_LONGEST_ON_AUTO_MODE = 300
"""AWS's default, which Auto Mode has no annotation for."""
_STILL_SENDS = 120
_GRACE = 30
_SLEEPS = 30
"""Minor version of Kubernetes 1 where the hook `sleep` is on by default (its feature gate PodLifecycleSleepAction)."""


@config_rule(needs=("cluster",))
def drains_end_within_an_hour(config: Config) -> Iterator[Hit]:
    """AWS accepts a deregistration delay of at most 3600 seconds; on EKS Auto Mode it is always 300.

    The controller fails to set the attribute, again and again, and the load balancer stays without its other settings.
    """
    for balancer in balancers(config):
        drain = config.gateways[balancer.index].load_balancer.drain or "0s"
        path: Path = ("gateways", balancer.index, "loadBalancer", "drain")
        if seconds(drain) > _LONGEST:
            yield Hit(path, drain, f"is {seconds(drain)} s, and AWS rejects more than 3600 s", "write 1h or less")
        elif seconds(drain) > _LONGEST_ON_AUTO_MODE and balancer.balancing.may_be_auto_mode:
            message = f"is {seconds(drain)} s, and on EKS Auto Mode the load balancer waits for a pod 300 s"
            yield Hit(path, drain, message, "write 5m or less, or cluster.eks.loadBalancer: controller")


@config_rule(needs=("cluster",), severity="warning")
def drains_outlast_the_load_balancer(config: Config) -> Iterator[Hit]:
    """An NLB still sends new connections to a pod for about two minutes after it was deregistered.

    Whatever the deregistration delay: a pod that is gone by then resets them, at every rollout and node drain.
    """
    for balancer in balancers(config):
        drain = balancer.gateway.load_balancer.drain
        if drain and seconds(drain) < _STILL_SENDS:
            path = ("gateways", balancer.index, "loadBalancer", "drain")
            message = "rollouts lose requests: an NLB sends new connections for about 2 minutes after a pod leaves it"
            yield Hit(path, drain, message, "write 2m or more, or remove it: 3m is the default on EKS")


@config_rule(needs=("cluster", "istio"), severity="warning")
def pods_wait_before_they_leave(config: Config) -> Iterator[Hit]:
    """Chart and Kubernetes support the preStop hook that keeps a pod serving while the load balancer deregisters it.

    Without one a pod that leaves accepts new connections for 45 seconds, and the load balancer sends them for longer. A
    Kubernetes without the hook `sleep` rejects the gateway's pods.
    """
    first = GATEWAY_CHART["lifecycle"]
    drained = any(seconds(each.drain(on_eks=config.cluster.eks is not None)) for each in config.gateways)
    if drained and GATEWAY_CHART["loadBalancerClass"] <= config.istio.minor < first:
        message = "the gateway chart of this version has no preStop hook: rollouts lose requests"
        yield Hit(("istio", "version"), config.istio.version, message, f"write {_version(first)} or newer")
    kubernetes = config.cluster.version
    if drained and kubernetes and config.istio.minor >= first and int(kubernetes.split(".")[1]) < _SLEEPS:
        message = f"preStop sleep needs Kubernetes 1.{_SLEEPS}: this one rejects the gateway's pods"
        remedy = "upgrade the cluster first, or write loadBalancer.drain: 0s for each gateway"
        yield Hit(("cluster", "version"), kubernetes, message, remedy, severity="error")


def _version(minor: tuple[int, int]) -> str:
    return f"{minor[0]}.{minor[1]}.0"


@config_rule(needs=("cluster", "istio"))
def pods_live_until_they_are_drained(config: Config) -> Iterator[Hit]:
    """A pod's grace period is longer than the preStop hook that it begins with.

    Kubernetes kills a pod at the end of its grace period, also while its hook runs, and with it every open connection.
    """
    for index, gateway in enumerate(config.gateways):
        values = gateway_values(gateway, config.istio, config.cluster.balancing)
        sleep = as_map(as_map(as_map(values.get("lifecycle")).get("preStop")).get("sleep")).get("seconds")
        grace = values.get("terminationGracePeriodSeconds", _GRACE)
        if isinstance(sleep, int) and isinstance(grace, int) and grace <= sleep:
            written = (
                "terminationGracePeriodSeconds" if "terminationGracePeriodSeconds" in gateway.values else "lifecycle"
            )
            message = f"the grace period of {grace} s ends before the preStop hook, which takes {sleep} s"
            yield Hit(("gateways", index, "values", written), grace, message, "remove it, and write loadBalancer.drain")
