"""How do load balancers go before all else? Their gateways first, then a wait until AWS has nothing of theirs any more.

Only after that may go what they need: the controller's way to the cluster, the groups before them, the namespaces.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from functools import partial

from fairlead.cloud.account import AwsError
from fairlead.cloud.remains import Remains, Remnant
from fairlead.cluster.applied_names import ref_of_inputs, release_name
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.doctor.examined import Examined
from fairlead.evaluation.snapshot import HELM_RELEASE, SECURITY_GROUP
from fairlead.lifecycle.causes import Cause
from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.running import watched
from fairlead.lifecycle.sighting import stood_as
from fairlead.lifecycle.wholeness import Wholeness
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import Progress

WITHIN = 600.0
"""Seconds after the gateways' end; AWS takes minutes to give network interfaces back."""
EVERY, LONGEST = 2.0, 20.0
"""Seconds between two questions: the first, and what they grow to while nothing changes, so that AWS does not throttle
whoever else asks in the account."""
_GROWS = 1.5
_PASSING = ("Throttl", "RequestLimitExceeded", "TooManyRequests", "NotFound")
"""Of errors that a later question does not have: too many of them at once, and what went between two of them."""


def remains_of(examined: Examined, state: Deployment) -> Remains | None:
    """Where to look for what a stack's load balancers leave; None off EKS, where no controller has tags of these."""
    eks = examined.config.cluster.eks
    if eks is None:
        return None
    created = (each for each in state.resources if each.get("type") == SECURITY_GROUP and each.get("id"))
    groups = frozenset(str(each["id"]) for each in created)
    services = {release_name(each.inputs) for each in examined.snapshot.releases}
    services |= {f"{ref.namespace}/{ref.name}" for ref, _ in examined.objects if ref.kind == "Service"}
    services |= {name for each in state.on_cluster() if (name := _service_of(each))}
    return Remains(examined.account, eks.name, frozenset(services), groups)


def load_balancers_first(whole: Wholeness, cluster: LiveCluster, remains: Remains, state: Deployment) -> None:
    """Delete the gateways that have load balancers, and wait. Raises UserError where AWS still has something then."""
    try:
        there = remains.of_load_balancers()
    except AwsError as error:
        whole.progress.say(f"  load balancers are not waited for: {error.message}")
        return
    if not there:
        return
    served = {each.of for each in there}
    if targets := [str(each["urn"]) for each in state.on_cluster() if _service_of(each) in served]:
        whole.progress.say("Load balancers first, with their gateways and the routing of these:")
        watched(whole, cluster, lambda: whole.engine.destroy(targets), partial(causes_in, remains))
    if left := until_gone(remains, whole.progress, WITHIN, EVERY):
        lines = [f"AWS still has, {WITHIN:.0f} s after the gateways:", *(f"  {each}" for each in left)]
        raise UserError("\n".join([*lines, "Nothing else was deleted."]), still_there(whole.engine.stack, left))


def until_gone(remains: Remains, progress: Progress, within: float, every: float) -> list[Remnant]:
    """What is left when the time is over; what AWS still has is said each time that it is less. `every` is the first
    pause between two questions."""
    deadline, said, pause = time.monotonic() + within, "", every
    while True:
        try:
            left = remains.of_load_balancers()
        except AwsError as error:
            if not is_passing(error) or time.monotonic() > deadline:
                raise
        else:
            if not left or time.monotonic() > deadline:
                return left
            if (words := ", ".join(map(str, left))) != said:
                said, pause = words, every
                progress.say(f"  waiting: AWS still has {words}")
        time.sleep(pause)
        pause = min(pause * _GROWS, LONGEST)


def is_passing(error: AwsError) -> bool:
    """Whether the same question may be answered later."""
    return any(each in error.code for each in _PASSING)


def causes_in(remains: Remains | None) -> Iterator[Cause]:
    """The same as causes for why an end takes long; none off EKS."""
    for each in remains.of_load_balancers() if remains else ():
        yield Cause(f"{each.kind} {each.name}", f"AWS still has it, of {each.of}", "its controller deletes it")


def still_there(stack: str, left: Iterable[Remnant]) -> str:
    """What to do about it."""
    commands = "".join(f"\n  {each.removal}" for each in left)
    return (
        "The controller of load balancers deletes them: see that it runs, and its log. What it has forgotten:"
        f"{commands}\nThen: fairlead down --stack {stack}"
    )


def _service_of(resource: dict[str, object]) -> str:
    """The Service that a resource of the state brings, as namespace/name: a gateway's chart names it as its release."""
    given = stood_as(resource)
    if resource.get("type") == HELM_RELEASE:
        return release_name(given)
    ref = ref_of_inputs(given)
    return f"{ref.namespace}/{ref.name}" if ref and ref.kind == "Service" else ""
