"""What else is set for a load balancer: who may connect, certificates, targets, health, drain?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fairlead.effects.effect import Hurt
from fairlead.effects.gateways.gateway_services import AWS, GatewayService
from fairlead.effects.gateways.load_balancer_annotations import ATTRIBUTES, SETTINGS
from fairlead.effects.gateways.load_balancer_class import is_made_by_another, other_class
from fairlead.effects.security.networks import EVERYBODY, beyond, in_words, is_everybody
from fairlead.effects.words import Draft, Wording, few
from fairlead_mesh.model.objects.yaml_values import as_list

_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_SECURITY_GROUPS = "security-groups"
_NONE = "none"
_NO_EFFECT = "; an existing NLB keeps its name"


def other_settings(old: GatewayService, new: GatewayService, words: Wording) -> Iterator[Draft]:
    """All but scheme and ports; of a load balancer that is another one, only whom it is open to."""
    if draft := other_class(old, new, words):
        yield draft
    if is_made_by_another(old, new):
        if _is_guarded(old) and not _is_guarded(new):
            yield Draft(new.name, words.now("open to everyone who can reach it"), Hurt.EXPOSES, _MEANT)
        return
    yield from _sources(old, new, words)
    yield from _groups(old, new, words)
    for name, (what, hurt, advice) in SETTINGS.items():
        before, after = (side.annotations.get(AWS + name, "") for side in (old, new))
        if before != after:
            text = words.goes(what, before or _NONE, after or _NONE)
            yield Draft(new.name, f"{text}{_NO_EFFECT if name == 'name' and words.deploys else ''}", hurt, advice)
    for name in ("attributes", "target-group-attributes"):
        yield from _attributes(old, new, AWS + name, words)
    for name, advice in _FIELDS.items():
        before, after = (side.service.get(name) or _FIELD_DEFAULTS.get(name, _NONE) for side in (old, new))
        if before != after:
            text = words.goes(name, before, after)
            yield Draft(new.name, text, Hurt.INTERRUPTS if advice else None, advice)


_FIELDS = {
    "externalTrafficPolicy": "with Local, only nodes that run its pods get traffic, and client IPs are preserved",
    "loadBalancerIP": "its address changes with it",
}


_FIELD_DEFAULTS = {"externalTrafficPolicy": "Cluster"}
_MEANT = "make sure that they are intended"


def _is_guarded(gateway: GatewayService) -> bool:
    return bool(gateway.annotations.get(AWS + _SECURITY_GROUPS)) or not is_everybody(_ranges(gateway))


def _sources(old: GatewayService, new: GatewayService, words: Wording) -> Iterator[Draft]:
    before, after = _ranges(old), _ranges(new)
    if opened := beyond(after, before):
        advice = "check what is reachable there without a login" if is_everybody(opened) else _MEANT
        yield Draft(new.name, words.now(f"open to {few(in_words(opened))}"), Hurt.EXPOSES, advice)
    if closed := beyond(before, after):
        left = f", only to {few(in_words(sorted(after)))}" if words.deploys else ""
        text = f"{words.no_longer(f'open to {few(in_words(closed))}')}{left}"
        yield Draft(new.name, text, Hurt.REFUSES, "make sure that they include all clients")


def _ranges(gateway: GatewayService) -> set[str]:
    given = [str(each) for each in as_list(gateway.service.get("loadBalancerSourceRanges"))]
    given += [part.strip() for part in gateway.annotations.get(_RANGES, "").split(",") if part.strip()]
    return set(given) or set(EVERYBODY)


def _groups(old: GatewayService, new: GatewayService, words: Wording) -> Iterator[Draft]:
    before, after = (side.annotations.get(AWS + _SECURITY_GROUPS, "") for side in (old, new))
    if before and not after:
        text = words.no_longer(
            "behind security groups of its own: the controller's security group allows loadBalancerSourceRanges"
        )
        yield Draft(new.name, text, Hurt.EXPOSES, "without loadBalancerSourceRanges it allows every source")
    elif after and not before:
        text = words.now("behind security groups of its own")
        yield Draft(new.name, text, Hurt.REFUSES, "make sure that their rules allow all clients")
    elif before != after:
        yield Draft(
            new.name, words.goes("its list of security groups", before, after), Hurt.REFUSES, "compare their rules"
        )


def _attributes(old: GatewayService, new: GatewayService, annotation: str, words: Wording) -> Iterator[Draft]:
    before, after = (_as_pairs(side.annotations.get(annotation, "")) for side in (old, new))
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            text = words.goes(ATTRIBUTES.get(name, name), before.get(name, _NONE), after.get(name, _NONE))
            yield Draft(new.name, text)


def _as_pairs(text: str) -> Mapping[str, str]:
    pairs = (part.partition("=") for part in text.split(",") if "=" in part)
    return {name.strip(): value.strip() for name, _, value in pairs}
