"""Are there subnets for the load balancers? Found by their tags, with enough free addresses.

Sources: AWS Load Balancer Controller, docs/deploy/subnet_discovery.md (tags; from 2.12 on also by reachability); EKS
user guide, network-load-balancing (at least 8 free addresses in each subnet) and automode/tag-subnets-auto.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.cloud.account import tags_of
from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, ok, warning
from fairlead_mesh.aws.load_balancer_values import PREFIX
from fairlead_mesh.model.objects.yaml_values import as_map

ORDER = 61
QUICK = False
TAGS = {"internet-facing": "kubernetes.io/role/elb", "internal": "kubernetes.io/role/internal-elb"}
_FREE = 8


def check(examined: Examined) -> Iterator[Seen]:
    """For each scheme that a gateway of the stack asks for, unless its Service names subnets itself."""
    schemes = sorted({each.exposure or "internal" for each in examined.config.gateways if each.has_load_balancer})
    if not schemes or _named(examined):
        raise Skip("the gateways name their subnets" if schemes else "no gateway has a load balancer")
    vpc = examined.vpc
    subnets = examined.account.listed(
        "ec2", "describe_subnets", "Subnets", Filters=[{"Name": "vpc-id", "Values": [vpc]}]
    )
    for scheme in schemes:
        tag = TAGS[scheme]
        tagged = [each for each in subnets if tags_of(each).get(tag) in ("", "1")]
        full = [str(each["SubnetId"]) for each in tagged if int(each.get("AvailableIpAddressCount") or 0) < _FREE]
        zones = {str(each.get("AvailabilityZone")) for each in tagged}
        if not tagged:
            text = f"no subnet of {vpc} has the tag {tag}: the load balancer may not be created ({scheme})"
            yield warning(text, f"tag the subnets that are for it: {tag}=1")
        elif full:
            text = f"fewer than {_FREE} addresses are free in {', '.join(full)}"
            yield warning(text, "free some, or tag other subnets: a load balancer needs 8 in each")
        else:
            yield ok(f"{len(tagged)} subnets in {len(zones)} zones for {scheme} load balancers")


def _named(examined: Examined) -> bool:
    values = [as_map(each.inputs.get("values")) for each in examined.snapshot.releases if each.chart == "gateway"]
    found = [as_map(as_map(each.get("service")).get("annotations")) for each in values]
    return bool(found) and all(f"{PREFIX}subnets" in each for each in found)
