"""Who makes the load balancer before a gateway: can the chart say it, and does the stack file say it once?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.aws.load_balancer_values import load_balancer_class
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.gateways.load_balancer_annotations import balancers
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.versions import GATEWAY_CHART


@config_rule(needs=("cluster", "istio"))
def charts_say_who_makes_the_load_balancer(config: Config) -> Iterator[Hit]:
    """On EKS the load balancer class is always set, which the gateway chart supports from Istio 1.26.

    Without a class, webhooks decide: with the AWS Load Balancer Controller and EKS Auto Mode in one cluster that may be
    the other one, which reads other annotations, and the class of a Service is immutable.
    """
    first = GATEWAY_CHART["loadBalancerClass"]
    if any(balancers(config)) and config.istio.minor < first:
        message = (
            "the gateway chart of this version cannot set loadBalancerClass, which says who creates the load balancer"
        )
        yield Hit(("istio", "version"), config.istio.version, message, f"write {first[0]}.{first[1]}.0 or newer")


@config_rule(needs=("cluster",))
def load_balancer_classes_are_the_clusters(config: Config) -> Iterator[Hit]:
    """The load balancer class is set by `cluster.eks.loadBalancer`, and a gateway's free values do not set another one.

    Annotations, security groups and the readiness gate are those of the named one: the other would create a load
    balancer without them.
    """
    for balancer in balancers(config):
        service = as_map(balancer.gateway.values.get("service"))
        said, wanted = service.get("loadBalancerClass"), load_balancer_class(balancer.balancing)
        if said is not None and said != wanted:
            path = ("gateways", balancer.index, "values", "service", "loadBalancerClass")
            message = (
                f"cluster.eks.loadBalancer sets it to {wanted}" if wanted else "cluster.eks.loadBalancer: auto decides"
            )
            yield Hit(path, said, message, "remove it, and write cluster.eks.loadBalancer: controller or autoMode")
