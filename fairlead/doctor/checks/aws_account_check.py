"""Does AWS answer, as whom, and is the cluster there?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, failed, ok, warning

ORDER = 60
QUICK = False
_ACTIVE = "ACTIVE"


def check(examined: Examined) -> Iterator[Seen]:
    """The caller's identity, and the state of the EKS cluster."""
    account, eks = examined.account, examined.eks
    who = account.ask("sts", "get_caller_identity")
    found = examined.description
    if found is None:
        text = f"there is no EKS cluster {eks.name} in {account.region} of account {who.get('Account')}"
        yield failed(
            text, "correct cluster.eks.name, its region or profile; if it is gone for good: down --cluster-gone"
        )
        return
    status = found.get("status")
    if status != _ACTIVE:
        yield warning(f"the cluster {eks.name} is {status}", "wait until it is ACTIVE")
    else:
        yield ok(f"{eks.name} in {account.region} is {status}, asked as {who.get('Arn')}")
