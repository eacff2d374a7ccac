"""Who reaches a gateway from outside, and at which address? Its Service and what the AWS controller makes of it.

The controller deletes and makes an NLB anew where its scheme is another, and nowhere else
(kubernetes-sigs/aws-load-balancer-controller: pkg/deploy/elbv2/load_balancer_synthesizer.go); without the annotation a
new one is internal and a standing one stays as it is (docs/guide/service/nlb.md). What each annotation can do to a
standing NLB is in docs/guide/service/annotations.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effects, Hurt, Kind
from fairlead.effects.gateways.gateway_services import GatewayService, gateways
from fairlead.effects.gateways.load_balancer_settings import other_settings
from fairlead.effects.words import Draft, Wording, effects, few, listed, wording
from fairlead_mesh.model.gateway_listeners import gateway_selector
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.routes import entrances, routings
from fairlead_mesh.ports import STATUS_PORT

_PUBLIC = "internet-facing"
_LOST = "the internet no longer reaches it"
_FOUND = "the internet reaches it from now on"
_MOVE_DNS = "point DNS to the new address as soon as it answers"
_OTHER_ADDRESS = f"plan for downtime: {_MOVE_DNS}"
_OTHER_WAY = "give clients on the internet another gateway first"
_OPENED = "check who may connect: allowFrom or loadBalancerSourceRanges, and AuthorizationPolicies"
_NO_WAY_IN = "move its apps and DNS to another gateway first"
_NO_WAY_OUT = "move its traffic to another gateway first"
_GONE = "clients cannot connect to the port any more"
_A = {"NodePort": "a ", "ClusterIP": "a "}
_LISTENS = "the pods must listen there: compare with the servers of the Istio Gateways"


def watch(comparison: Comparison) -> Effects:
    """Gateway releases and Services that are reached from outside."""
    words = wording(comparison)
    yield from effects(_drafts(comparison, words), words, Kind.TRAFFIC)
    yield from effects(_settings(comparison, words), words)


def _settings(comparison: Comparison, words: Wording) -> Iterator[Draft]:
    before, after = gateways(comparison.before), gateways(comparison.after)
    for key in sorted(before.keys() & after.keys()):
        if before[key].type == after[key].type and after[key].has_balancer:
            yield from other_settings(before[key], after[key], words)


def _drafts(comparison: Comparison, words: Wording) -> Iterator[Draft]:
    before, after = gateways(comparison.before), gateways(comparison.after)
    for key in sorted({*before, *after}):
        about = frozenset((f"gateway/{key}",))
        yield from (replace(draft, about=about) for draft in _of(key, before, after, comparison, words))


def _of(
    key: str,
    before: Mapping[str, GatewayService],
    after: Mapping[str, GatewayService],
    comparison: Comparison,
    words: Wording,
) -> Iterator[Draft]:
    old, new = before.get(key), after.get(key)
    if old and new:
        yield from _changed(old, new, words)
    elif new and not new.brought and key not in comparison.before.releases:
        yield from _added(new, words)
    elif old and not old.brought and key not in comparison.after.releases:
        namespace, _, name = key.partition("/")
        yield _removed(old, (namespace, name) in comparison.after.graph.services, comparison, words)


def _changed(old: GatewayService, new: GatewayService, words: Wording) -> Iterator[Draft]:
    if old.type != new.type:
        yield _type(old, new, words)
    elif new.has_balancer:
        yield from _scheme(old, new, words)
    yield from _ports(old, new, words)


def _added(new: GatewayService, words: Wording) -> Iterator[Draft]:
    text = words.now(f"{new.in_words} on {_port_words(new.ports)}")
    yield Draft(new.name, text, *_opened(new))


def _removed(old: GatewayService, is_inside: bool, comparison: Comparison, words: Wording) -> Draft:
    # Where its Istio Gateway or an app's route goes too, the app's own sentences say it.
    apps = _apps(old, comparison.after.graph)
    text = words.no_longer(f"reachable through its {old.in_words}") if is_inside else words.deleted
    behind = f"; {few(apps)} {'is' if len(apps) == 1 else 'are'} reached through it" if apps else ""
    if words.deploys and old.exposure == _PUBLIC:
        behind = f": the internet no longer reaches {few(apps) or 'it'}"
    advice = _NO_WAY_OUT if old.type == "ClusterIP" else _NO_WAY_IN
    return Draft(old.name, f"{text}{behind}", Hurt.INTERRUPTS, advice)


def _apps(gateway: GatewayService, graph: Graph) -> list[str]:
    """The apps that are bound to an Istio Gateway of this gateway's pods."""
    bound = {
        f"{namespace}/{name}"
        for (namespace, name), item in graph.gateways.items()
        if gateway.is_selected(gateway_selector(item))
    }
    return sorted({each.name for each in routings(graph) if bound.intersection(entrances(each))})


def _type(old: GatewayService, new: GatewayService, words: Wording) -> Draft:
    if not words.deploys:
        return Draft(new.name, words.goes("its Service", old.in_words, new.in_words), *_opened(new))
    text = f"{old.in_words} becomes {_A.get(new.kind, '')}{new.in_words}"
    if old.has_balancer:
        lost = f": {_LOST}, and its address is released" if old.exposure == _PUBLIC else "; its address is released"
        return Draft(new.name, f"{text}{lost}", Hurt.INTERRUPTS, _NO_WAY_IN)
    return Draft(new.name, text, *_opened(new))


def _opened(new: GatewayService) -> tuple[Hurt | None, str]:
    return (Hurt.EXPOSES, _OPENED) if new.exposure == _PUBLIC else (None, "")


def _scheme(old: GatewayService, new: GatewayService, words: Wording) -> Iterator[Draft]:
    if old.exposure == new.exposure:
        return
    if not new.exposure:
        kept = f"; an existing one stays {old.exposure}" if words.deploys else ""
        yield Draft(new.name, f"{words.no_longer(f'declared {old.exposure}')}{kept}")
        return
    if old.exposure and not words.deploys:
        yield Draft(new.name, f"{new.kind} is {old.exposure} in {words.before}, {new.exposure} in {words.after}")
        return
    becomes = f"{new.kind} becomes {new.exposure}" if old.exposure else words.now(f"declared {new.exposure}")
    moves = "its address will change" if old.exposure else "if it is not so yet, its address will change"
    if new.exposure == _PUBLIC:
        yield Draft(new.name, f"{becomes}: {_FOUND}; {moves}", Hurt.EXPOSES, f"{_OPENED}; {_MOVE_DNS}")
    elif old.exposure == _PUBLIC:
        yield Draft(new.name, f"{becomes}: {_LOST}, and {moves}", Hurt.INTERRUPTS, f"{_OTHER_WAY}; {_MOVE_DNS}")
    else:
        yield Draft(new.name, f"{becomes}; {moves}", Hurt.REPLACES, _OTHER_ADDRESS)


def _ports(old: GatewayService, new: GatewayService, words: Wording) -> Iterator[Draft]:
    gone = {port: old.ports[port] for port in old.ports if port not in new.ports}
    if new.has_balancer and gone.pop(str(STATUS_PORT), None):
        # Nobody calls it but load balancers of clouds that know no other health check.
        yield Draft(new.name, words.no_longer(f"reachable on port {STATUS_PORT}, the health check of its pods"))
    if gone:
        yield Draft(new.name, words.no_longer(f"reachable on {_port_words(gone)}"), Hurt.INTERRUPTS, _GONE)
    if more := {port: new.ports[port] for port in new.ports if port not in old.ports}:
        hurt = _opened(new) if new.has_balancer else (None, "")
        yield Draft(new.name, words.now(f"reachable on {_port_words(more)}"), *hurt)
    for port in sorted(old.ports.keys() & new.ports.keys(), key=lambda each: (len(each), each)):
        if old.ports[port] != new.ports[port]:
            text = words.instead(f"port {port} has target port", old.ports[port], new.ports[port])
            yield Draft(new.name, text, Hurt.INTERRUPTS, _LISTENS)


def _port_words(ports: Iterable[str]) -> str:
    named = sorted((port for port in ports), key=lambda each: (len(each), each))
    traffic = [port for port in named if port != str(STATUS_PORT)] or named
    return f"port {traffic[0]}" if len(traffic) == 1 else f"ports {listed(traffic)}" if traffic else "no port"
