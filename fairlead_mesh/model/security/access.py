"""Does a policy let a request in? The AuthorizationPolicies that hold for the pods, asked as Envoy asks them.

CUSTOM first, then DENY, then ALLOW. On a port that speaks no HTTP an ALLOW rule with fields of HTTP allows nothing, and
a DENY rule is read without them (Istio's reference of AuthorizationPolicy; pilot/pkg/security/authz/model).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.security.authorization import action, is_enforced
from fairlead_mesh.model.security.call import Call, condition_meets, field_meets
from fairlead_mesh.model.traffic.undecided import UndecidedError, UnknownFactError

_HTTP_FIELDS = ("hosts", "methods", "paths", "requestPrincipals")
_MOST_UNKNOWN = 5


@dataclass(frozen=True)
class Verdict:
    """Whether a call gets in, and the policy that decides; None where no policy holds."""

    allowed: bool
    policy: Item | None = None
    reason: str = ""


def verdict(policies: Iterable[Item], call: Call, providers: Iterable[str]) -> Verdict:
    """What all policies together say of a call; `providers` are the mesh's extension providers by name.

    Raises UndecidedError where a provider decides, or an address does that nobody knows and that makes a difference.
    """
    listed, known = list(policies), frozenset(providers)
    try:
        return _verdict(listed, call, known)
    except UnknownFactError as error:
        if len(call.assumed) >= _MOST_UNKNOWN:
            raise
        either = [
            verdict(listed, replace(call, assumed={**call.assumed, error.fact: said}), known) for said in (False, True)
        ]
        if either[0].allowed != either[1].allowed:
            raise
        return either[0]


def _verdict(policies: Sequence[Item], call: Call, providers: frozenset[str]) -> Verdict:
    enforced = [item for item in policies if is_enforced(item)]
    if custom := _custom(policies, call, providers):
        return custom
    for item in enforced:
        if action(item) == "DENY" and _meets(item, call):
            return Verdict(False, item, "one of its rules denies the request")
    allowing = [item for item in enforced if action(item) == "ALLOW"]
    for item in allowing:
        if _meets(item, call):
            return Verdict(True, item)
    return Verdict(not allowing, allowing[0] if allowing else None, "no rule of an ALLOW policy matches the request")


def _custom(policies: Sequence[Item], call: Call, providers: frozenset[str]) -> Verdict | None:
    """What CUSTOM policies say before all others. A dry run asks its provider too, and those of several providers deny
    (buildHTTP in pilot/pkg/security/authz/builder)."""
    listed = [(item, _provider(item)) for item in policies if action(item) == "CUSTOM"]
    for item, name in listed:
        if (is_enforced(item) or name in providers) and _meets(item, call):
            if len({each for _, each in listed}) > 1 and is_enforced(item):
                return Verdict(False, item, "policies of several extension providers hold, so it denies the request")
            if name in providers:
                raise UndecidedError(f"the extension provider {name} of {item} decides")
            reason = f"its extension provider {name} does not exist in the mesh config, so every request is denied"
            return Verdict(False, item, reason)
    return None


def _provider(policy: Item) -> str:
    return str(as_map(policy.get("spec", "provider")).get("name"))


def _meets(policy: Item, call: Call) -> bool:
    denies = action(policy) in ("DENY", "CUSTOM")
    call = replace(call, policy_namespace=policy.namespace)
    return any(_rule_meets(rule, call, denies=denies) for rule in as_maps(policy.get("spec", "rules")))


def _rule_meets(rule: Mapping[str, Any], call: Call, *, denies: bool) -> bool:
    sources = [as_map(each.get("source")) for each in as_maps(rule.get("from"))] or [{}]
    operations = [as_map(each.get("operation")) for each in as_maps(rule.get("to"))] or [{}]
    conditions = as_maps(rule.get("when"))
    if call.request is None:
        if denies:
            sources = [_without_http(each) for each in sources]
            operations = [_without_http(each) for each in operations]
            conditions = [each for each in conditions if not str(each.get("key")).startswith("request.")]
        elif _speaks_http(sources, operations, conditions):
            return False
    return (
        any(_fields_meet(each, call) for each in sources)
        and any(_fields_meet(each, call) for each in operations)
        and all(_condition_meets(each, call) for each in conditions)
    )


def _bare(field: str) -> str:
    return field[3:4].lower() + field[4:] if field.startswith("not") and field[3:4].isupper() else field


def _without_http(part: Mapping[str, Any]) -> dict[str, Any]:
    return {field: values for field, values in part.items() if _bare(field) not in _HTTP_FIELDS}


def _speaks_http(
    sources: Sequence[Mapping[str, Any]], operations: Sequence[Mapping[str, Any]], when: Sequence[Mapping[str, Any]]
) -> bool:
    fields = {_bare(field) for part in (*sources, *operations) for field, values in part.items() if values}
    return bool(fields & set(_HTTP_FIELDS)) or any(str(each.get("key")).startswith("request.") for each in when)


def _fields_meet(part: Mapping[str, Any], call: Call) -> bool:
    for field, values in part.items():
        listed = [str(each) for each in as_list(values)]
        if listed and field_meets(_bare(field), listed, call) == (_bare(field) != field):
            return False
    return True


def _condition_meets(condition: Mapping[str, Any], call: Call) -> bool:
    key = str(condition.get("key"))
    wanted, unwanted = ([str(each) for each in as_list(condition.get(field))] for field in ("values", "notValues"))
    if wanted and not condition_meets(key, wanted, call):
        return False
    return not (unwanted and condition_meets(key, unwanted, call))
