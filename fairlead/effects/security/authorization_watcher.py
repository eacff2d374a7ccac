"""Who may call whom? What all AuthorizationPolicies together mean for mesh, namespaces and pods, on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Effects, Hurt, Kind, Sender
from fairlead.effects.installation.installation import mesh
from fairlead.effects.security.authorization_change import Said, change, stated
from fairlead.effects.security.call_words import accounts_alone, refusal
from fairlead.effects.security.gateway_callers import UNSEEN, Called, called_by_gateways
from fairlead.effects.security.policy_scopes import Scope, scopes
from fairlead.effects.telling import together
from fairlead.effects.words import Wording, few, wording
from fairlead.effects.workloads.subjects import PODS, of_namespace, workload_key
from fairlead_mesh.model.security.authorization import action, admits, has_rules, is_enforced, meaning
from fairlead_mesh.model.served_hosts import routed_hosts


def watch(comparison: Comparison) -> Effects:
    """What changes for the callers of each scope, once for the widest."""
    words = wording(comparison)
    said: dict[str, set[tuple[str, str]]] = defaultdict(set)
    changes: dict[object, list[Said]] = {}
    found: list[Effect] = []
    listed = list(scopes(comparison, "AuthorizationPolicy"))
    narrower = {wider for scope in listed if _allows(scope) for wider in scope.wider}
    called = called_by_gateways(mesh(comparison.after))
    before = mesh(comparison.before)
    pods = {workload_key(pod): pod for pod in reversed(before.pods.all)}
    for scope in listed:
        known = {each for wider in scope.wider for each in said[wider]}
        # Pods with the same policies are asked about once.
        same = tuple(None if side is None else tuple(map(id, side)) for side in (scope.before, scope.after))
        asked = (scope.namespace, len(scope.wider), same)
        if asked not in changes:
            others, pod = scope.subject in narrower, pods.get(scope.workload) if scope.workload else None
            heard = routed_hosts(before, pod.labels) if pod else None
            changes[asked] = list(_changes(scope, words, others=others, heard=heard))
        refused = _refused_gateways(scope, called, narrower)
        perhaps = _refused_gateways(replace(scope, workload=UNSEEN), called, narrower) if _is_unseen(scope) else []
        again = set(_their_accounts(scope, [*refused, *perhaps], words))
        through = [*_through_gateways(refused, words), *_through_gateways(perhaps, words, "if it leads there")]
        for one in (*changes[asked], *through):
            text, hurt, advice = one
            if (text, advice) not in known and text not in again:
                said[scope.subject].add((text, advice))
                effect = Effect(scope.subject, text, hurt, advice, Kind.TRAFFIC, about=scope.about)
                found.append(replace(effect, sender=Sender.GATEWAY if one in through else None))
    yield from together(found)


def _changes(scope: Scope, words: Wording, *, others: bool, heard: Collection[str] | None) -> Iterator[Said]:
    if scope.after is None:
        return  # Who is gone is called by nobody, which is another watcher's to say.
    after = meaning(scope.after)
    strangers = "other namespaces" if scope.subject == of_namespace(scope.namespace) else "outside its namespace"
    place = (scope.namespace, f"requests from {strangers}")
    if scope.before is None:
        yield from stated(after, place, words)
    else:
        yield from change(meaning(scope.before), after, place, words, others=others, heard=heard)


def _refused_gateways(scope: Scope, called: Called, narrower: Collection[str]) -> list[str]:
    """Gateways that call these pods and are let in no longer, `namespace/name`."""
    whole = scope.subject == of_namespace(scope.namespace) and scope.subject not in narrower
    gateways = called.get((scope.namespace, scope.workload), set()) if scope.workload or whole else ()
    if not gateways or scope.before is None or scope.after is None:
        return []
    old, new = meaning(scope.before).allowed, meaning(scope.after).allowed
    homes = {name: name.partition("/")[0] for name in sorted(gateways)}
    return [name for name, home in homes.items() if new and admits(old, home) and not admits(new, home)]


def _is_unseen(scope: Scope) -> bool:
    """Whether the policies hold for pods that the stack does not have, by labels."""
    return not scope.workload and bool(scope.namespace) and scope.subject.startswith(f"{PODS} ")


def _through_gateways(refused: Sequence[str], words: Wording, perhaps: str = "") -> Iterator[Said]:
    if refused:
        names = few([name.partition("/")[2] for name in refused])
        advice = f"allow the namespace of the gateway: namespaces: [{refused[0].partition('/')[0]}]"
        if perhaps:
            advice += "; external: {labels: {...}} of the app says whether it does"
        denied = words.now(f"requests through {names} are denied")
        yield f"{denied}, {perhaps}" if perhaps else denied, Hurt.INTERRUPTS, advice


def _their_accounts(scope: Scope, refused: Sequence[str], words: Wording) -> Iterator[str]:
    """What would be said once more of gateways that are refused: that their accounts are."""
    for call in meaning(scope.before or ()).allowed if refused else ():
        accounts = accounts_alone(call)
        if accounts and accounts <= set(refused):
            yield words.now(refusal(call))


def _allows(scope: Scope) -> bool:
    """Whether the policies that hold there let anybody in by name."""
    policies = (item for item in scope.after or () if is_enforced(item))
    return any(action(item) == "ALLOW" and has_rules(item) for item in policies)
