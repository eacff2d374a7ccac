"""Who may call whom? What all AuthorizationPolicies that hold for the same pods mean together.

Asked in this order: CUSTOM, DENY, ALLOW. Where no ALLOW policy holds, everything is allowed; where one holds, what none
allows is refused. AUDIT refuses nobody, and neither does a policy with `istio.io/dry-run` (Istio's reference of
AuthorizationPolicy and its task on dry runs).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.reach import reach
from fairlead_mesh.model.security.calls import ALL, Call, calls

_DRY_RUN = "istio.io/dry-run"
_TRUE = ("1", "t", "T", "TRUE", "true", "True")
"""What Go's strconv.ParseBool takes for true, by which istiod reads the annotation (isDryRun in authz/builder)."""
_PRINCIPAL = re.compile(r"[^/]+/ns/([^/]+)/sa/[^/]+")
_IDENTITIES = ("namespaces", "principals", "serviceAccounts")


@dataclass
class Meaning:
    """What policies say together: the calls by action, `CUSTOM` with its provider; `limited` where one has ALLOW."""

    limited: bool
    said: dict[str, set[Call]] = field(default_factory=lambda: defaultdict(set))

    @property
    def allowed(self) -> set[Call]:
        """The calls that pass the ALLOW policies: all where there is none."""
        return set(self.said.get("ALLOW", ())) if self.limited else {ALL}


def meaning(policies: Iterable[Item]) -> Meaning:
    """What policies that hold for the same pods say together."""
    enforced = [item for item in policies if is_enforced(item)]
    found = Meaning(any(action(item) == "ALLOW" for item in enforced))
    for item in enforced:
        said = action(item)
        asked = f"CUSTOM {as_map(item.get('spec', 'provider')).get('name', '')}" if said == "CUSTOM" else said
        found.said[asked].update(_calls(item))
    return found


def is_enforced(policy: Item) -> bool:
    """Whether it decides, and is no dry run."""
    return str(policy.annotations.get(_DRY_RUN)) not in _TRUE


def action(policy: Item) -> str:
    """Its action, ALLOW where it names none."""
    return str(policy.get("spec", "action") or "ALLOW")


def has_rules(policy: Item) -> bool:
    """Whether it speaks of any request; ALLOW without a rule allows none."""
    return bool(policy.entries("spec", "rules"))


def policies_of(graph: Graph, namespace: str, labels: Mapping[str, Any]) -> tuple[Item, ...]:
    """The AuthorizationPolicies that hold for pods with these labels."""
    listed = graph.all_of_kind("AuthorizationPolicy")
    return tuple(item for item in listed if reach(graph, item).holds_for(namespace, labels))


def refusing(policies: Iterable[Item], namespace: str | None) -> Item | None:
    """The policy by which every call from a namespace ends with 403, as far as the callers' identities say; with None,
    every call without an identity, as those from outside of the mesh are. None where some call may get through."""
    enforced = [item for item in policies if is_enforced(item)]
    for item in enforced:
        if action(item) == "DENY" and any(_is_about(call, namespace) for call in _calls(item)):
            return item
    # One that allows others says more than one that allows nobody, as a default does.
    allowing = sorted((item for item in enforced if action(item) == "ALLOW"), key=lambda item: not has_rules(item))
    return allowing[0] if allowing and not admits(meaning(allowing).allowed, namespace) else None


def named_namespaces(policies: Iterable[Item]) -> list[str]:
    """The namespaces that policies name whole, by themselves or as those of service accounts."""
    found: set[str] = set()
    for call in (call for item in policies for call in _calls(item)):
        principals = (_PRINCIPAL.fullmatch(each) for each in call.fields.get("principals", ()))
        accounts = (each.partition("/")[0] for each in call.fields.get("serviceAccounts", ()))
        found.update(call.fields.get("namespaces", ()), accounts, (each[1] for each in principals if each))
    return sorted(each for each in found if each and "*" not in each)


def refusing_all(policies: Iterable[Item]) -> Item | None:
    """The policy by which every call ends with 403, whoever makes it."""
    enforced = [item for item in policies if is_enforced(item)]
    for item in enforced:
        if action(item) == "DENY" and ALL in _calls(item):
            return item
    allowing = [item for item in enforced if action(item) == "ALLOW"]
    return allowing[0] if allowing and not meaning(allowing).allowed else None


def refusing_paths(policies: Iterable[Item], paths: Iterable[str]) -> Item | None:
    """The policy by which every call of these paths, which may end in *, ends with 403, whoever makes it."""
    allowing = [item for item in policies if is_enforced(item) and action(item) == "ALLOW" and has_rules(item)]
    allowed = meaning(allowing).allowed if allowing else {ALL}
    is_open = any(_meets(call.fields.get("paths"), path) for call in allowed for path in paths)
    return None if is_open else allowing[0]


def _meets(patterns: tuple[str, ...] | None, path: str) -> bool:
    """Whether some path is meant by one of the patterns and by a path that may end in *."""
    return patterns is None or any(_overlap(pattern, path) for pattern in patterns)


def _overlap(pattern: str, path: str) -> bool:
    begins, is_prefix = path.removesuffix("*"), path.endswith("*")
    if "{" in pattern or pattern.startswith("*"):
        return "{" in pattern or is_prefix or path.endswith(pattern[1:])
    bare = pattern.removesuffix("*")
    within = begins.startswith(bare) if pattern.endswith("*") else path == pattern
    return within or (is_prefix and bare.startswith(begins))


def admits(allowed: Iterable[Call], namespace: str | None) -> bool:
    """Whether any of these calls can come from a namespace, as far as sources say; with None, from no known one."""
    return any(_admits(call, namespace) for call in allowed)


def _admits(call: Call, namespace: str | None) -> bool:
    fields = call.fields
    if namespace is None:
        return not any(fields.get(each) for each in _IDENTITIES)
    named = fields.get("namespaces")
    if named is not None and not any(_matches(pattern, namespace) for pattern in named):
        return False
    if namespace in fields.get("notNamespaces", ()):
        return False
    found = [_PRINCIPAL.fullmatch(each) for each in fields.get("principals", ())]
    if found and all(found) and namespace not in {each[1] for each in found if each}:
        return False
    accounts = fields.get("serviceAccounts", ())
    return not accounts or any(each.partition("/")[0] == namespace for each in accounts)


def _is_about(call: Call, namespace: str | None) -> bool:
    """Whether a call means all requests of a namespace, or everybody's."""
    return call == ALL or (namespace is not None and call.covers(Call((("namespaces", (namespace,)),))))


def _matches(pattern: str, namespace: str) -> bool:
    return Call((("namespaces", (pattern,)),)).covers(Call((("namespaces", (namespace,)),)))


@lru_cache(maxsize=1 << 14)
def _calls(item: Item) -> tuple[Call, ...]:
    """A policy of the mesh is among those of every pod."""
    return tuple(calls(item))
