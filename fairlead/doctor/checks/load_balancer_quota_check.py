"""Does the account have room for the load balancers?

Source: Elastic Load Balancing user guide, load-balancer-limits: 50 Network Load Balancers a region unless raised, quota
L-69A177A2.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.cloud.account import Account, AwsError
from fairlead.cluster.answers import Ref
from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, failed, ok
from fairlead_mesh.model.objects.yaml_values import as_map

ORDER = 64
QUICK = False
_QUOTA = {"ServiceCode": "elasticloadbalancing", "QuotaCode": "L-69A177A2"}
_DEFAULT = 50


def check(examined: Examined) -> Iterator[Seen]:
    """Network Load Balancers of the region, and those that the stack will add."""
    gateways = [each for each in examined.config.gateways if each.has_load_balancer]
    if not gateways:
        raise Skip("no gateway has a load balancer")
    account = examined.account
    there = account.listed("elbv2", "describe_load_balancers", "LoadBalancers")
    used = sum(each.get("Type") == "network" for each in there)
    refs = [Ref("v1", "Service", each.home, each.name) for each in gateways]
    wanted = len(refs) - len(examined.cluster.read_all(refs))
    most = _most(account)
    if used + wanted > most:
        text = f"{used} of {most} Network Load Balancers are used in {account.region}, and the stack adds {wanted}"
        yield failed(text, "delete some, or have the quota L-69A177A2 raised")
    else:
        yield ok(f"{used} of {most} Network Load Balancers are used in {account.region}; the stack adds {wanted}")


def _most(account: Account) -> int:
    try:
        found = account.ask("service-quotas", "get_service_quota", **_QUOTA)
    except AwsError:  # it was never raised, or may not be asked for
        return _DEFAULT
    return int(as_map(found.get("Quota")).get("Value") or _DEFAULT)
