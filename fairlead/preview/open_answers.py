"""What hangs on an answer of AWS that a preview without an account has not got? A remark for each resource."""

from __future__ import annotations

from fairlead.evaluation.snapshot import EGRESS_RULE, INGRESS_RULE, SECURITY_GROUP, UNKNOWN, Resource, Snapshot
from fairlead_mesh.model.objects.yaml_values import as_map

UNLESS_OPEN = "created unless already open"
BY_CONTROLLER = "created if the AWS Load Balancer Controller creates the load balancer"
EACH_NETWORK = "one for each network of the VPC"


def remark(resource: Resource, *, rules_looked_up: bool, maker_is_open: bool) -> str:
    """What is said of a resource; empty where it is as it is."""
    if resource.type == INGRESS_RULE and "referencedSecurityGroupId" in resource.inputs:
        return UNLESS_OPEN if rules_looked_up else ""
    if resource.type not in (INGRESS_RULE, EGRESS_RULE, SECURITY_GROUP):
        return ""
    networks = [resource.inputs.get(key) for key in ("cidrIpv4", "cidrIpv6")]
    remarks = [EACH_NETWORK] if resource.type == EGRESS_RULE and UNKNOWN in networks else []
    return "; ".join([*remarks, BY_CONTROLLER] if maker_is_open else remarks)


def maker_is_open(snapshot: Snapshot) -> bool:
    """Whether only the cluster knows what makes its load balancers (`cluster.eks.loadBalancer: auto`)."""
    values = (as_map(each.inputs.get("values")) for each in snapshot.resources if each.is_release)
    return any(as_map(each.get("service")).get("loadBalancerClass") == UNKNOWN for each in values)


def asked_of_aws(snapshot: Snapshot) -> list[str]:
    """What AWS is asked, and what hangs on it: one sentence, or none."""
    if not snapshot.lookups:
        return []
    asked = ", ".join(sorted({lookup.token.rpartition(":")[2] for lookup in snapshot.lookups}))
    hanging = [f"rules marked '{UNLESS_OPEN}'"]
    if maker_is_open(snapshot):
        hanging.append("what creates the load balancers, and the [unknown] parts of their Services")
    return [f"What AWS answers ({asked}): {' and '.join(hanging)} depend on it."]
