"""Who makes the load balancers of the gateways, and is it ready? Off EKS nobody can know before one is made.

Sources: AWS Load Balancer Controller, helm/aws-load-balancer-controller (labels of its Deployment); EKS user guide,
automode (NodeClass of eks.amazonaws.com/v1 is there only where Auto Mode is on).
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.cluster.symptoms import has_address, is_balanced
from fairlead.doctor.examined import Examined, metadata
from fairlead.doctor.finding import Seen, Skip, failed, ok, warning
from fairlead_mesh.model.objects.yaml_values import as_map

ORDER = 40
QUICK = True
_CONTROLLER = "app.kubernetes.io/name=aws-load-balancer-controller"
_INSTALL = (
    "install the AWS Load Balancer Controller (https://kubernetes-sigs.github.io/aws-load-balancer-controller/), or "
    "write cluster.eks.loadBalancer: autoMode where EKS Auto Mode is on"
)
_PENDING = (
    "see kubectl describe of the Service; where nothing makes load balancers, write cluster.loadBalancers: false, or "
    "expose: clusterIP for the gateway"
)


def check(examined: Examined) -> Iterator[Seen]:
    """The controller's Deployment with ready pods, or the API of EKS Auto Mode, as `cluster.eks.loadBalancer` says."""
    gateways = [each.name for each in examined.config.gateways if each.has_load_balancer]
    if not gateways:
        raise Skip("no gateway has a load balancer")
    balancing = examined.config.cluster.balancing
    if balancing is None:
        yield from _off_eks(examined)
        return
    auto_mode = examined.has_auto_mode
    ready = _ready(examined)
    if balancing.maker == "autoMode" and not auto_mode:
        yield failed("EKS Auto Mode is not on: nobody makes the gateways' load balancers", _INSTALL)
    elif balancing.maker == "controller" and ready is None:
        also = "; EKS Auto Mode is on" if auto_mode else ""
        yield failed(f"the AWS Load Balancer Controller is not installed{also}", _INSTALL)
    elif balancing.maker is None and ready is None and not auto_mode:
        yield failed("neither the AWS Load Balancer Controller nor EKS Auto Mode makes load balancers", _INSTALL)
    elif ready == 0 and not (auto_mode and balancing.may_be_auto_mode):
        text = "the AWS Load Balancer Controller has no ready pod: its webhook rejects Services"
        yield failed(text, "see kubectl -n kube-system describe deployment aws-load-balancer-controller")
    else:
        maker = (
            "EKS Auto Mode" if ready is None or balancing.maker == "autoMode" else "the AWS Load Balancer Controller"
        )
        yield ok(f"{maker} makes the load balancers of {', '.join(gateways)}")


def _ready(examined: Examined) -> int | None:
    """Ready pods of the controller; None where it is not installed."""
    found = examined.live("apps/v1", "Deployment", selector=_CONTROLLER)
    return sum(int(as_map(each.get("status")).get("readyReplicas") or 0) for each in found.values()) if found else None


def _off_eks(examined: Examined) -> Iterator[Seen]:
    if not examined.config.cluster.gives_addresses:
        raise Skip("the stack file says that the cluster makes no load balancers")
    services = examined.live("v1", "Service")
    asking = [each for each in services.values() if is_balanced(each)]
    waiting = [each for each in asking if not has_address(each)]
    if not asking:
        raise Skip("no Service of the cluster has a load balancer yet: nobody can know")
    if len(waiting) == len(asking):
        names = ", ".join(f"{metadata(each)['namespace']}/{metadata(each)['name']}" for each in waiting)
        yield warning(f"no Service of type LoadBalancer has an address: {names}", _PENDING)
    else:
        yield ok(f"{len(asking) - len(waiting)} of {len(asking)} Services of type LoadBalancer have an address")
