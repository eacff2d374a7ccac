"""Who makes a gateway's load balancer, and what if somebody else is to? Its class, which nobody changes in place.

The AWS Load Balancer Controller puts its class on every Service of type LoadBalancer that has none when it is created
(kubernetes-sigs/aws-load-balancer-controller: webhooks/core/service_mutator.go); Kubernetes refuses to change a class,
and neither maker takes over a load balancer of the other (EKS user guide: automode/migrate-auto).
"""

from __future__ import annotations

from fairlead.effects.effect import Hurt
from fairlead.effects.gateways.gateway_services import AWS, GatewayService
from fairlead.effects.words import Draft, Wording
from fairlead.evaluation.snapshot import UNKNOWN
from fairlead_mesh.load_balancing import CLASSES

_FIELD = "loadBalancerClass"
_OF_CONTROLLER = ("external", "nlb-ip")
_NONE = "none"
_BESIDE = "add a gateway with another name, move DNS to its address once it answers, then remove this one"
_GIVEN = (
    "which the controller's webhook has already set; if it has none, the upgrade fails:"
    " set values.service.loadBalancerClass: null"
)


def is_made_by_another(old: GatewayService, new: GatewayService) -> bool:
    """Whether the load balancer cannot be the one that there was."""
    return _class(old) != _class(new)


def other_class(old: GatewayService, new: GatewayService, words: Wording) -> Draft | None:
    """What is told of the class: nothing where it stays as it was said."""
    said = tuple(str(side.service.get(_FIELD) or "") for side in (old, new))
    if said[0] == said[1]:
        return None
    if not is_made_by_another(old, new):
        return _said_anew(old, new, words)
    text = words.goes("its load balancer class", *(_class(side) or _NONE for side in (old, new)))
    if not words.deploys:
        return Draft(new.name, text)
    if UNKNOWN in said:
        text += ", which the cluster decides: another class is a new load balancer with a new address"
    else:
        text += ": a new load balancer with a new address; Kubernetes rejects the change, so the upgrade fails"
    return Draft(new.name, text, Hurt.REPLACES, _BESIDE)


def _said_anew(old: GatewayService, new: GatewayService, words: Wording) -> Draft:
    """The class of the controller, in the values on one side only."""
    if new.service.get(_FIELD):
        text = f"declared with class {_class(new)}"
        return Draft(new.name, f"{text}, {_GIVEN}" if words.deploys else words.now(text))
    return Draft(new.name, words.no_longer(f"declared with class {_class(old)}"))


def _class(side: GatewayService) -> str:
    """The class that its Service has; unsaid on AWS, the one that the controller's webhook puts there."""
    if said := side.service.get(_FIELD):
        return str(said)
    return CLASSES["controller"] if side.annotations.get(f"{AWS}type") in _OF_CONTROLLER else ""
