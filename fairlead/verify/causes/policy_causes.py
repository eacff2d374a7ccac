"""Which policy denied a request, or does not? What the RBAC filters of the pod's own proxy, its counters and its log
say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from fairlead.verify.envoy.envoy_config import Rbac

_POLICY = re.compile(
    r"(istio-ext-authz-.*-)?ns\[([^\]]*)\]-policy\[([^\]]*)\]-rule\[(\d+)\](-deny-due-to-bad-CUSTOM-action)?"
)
"""How istiod names the policies of a filter (pilot/pkg/security/authz/builder/builder.go)."""
_LOGGED = re.compile(r"rbac_access_denied_matched_policy\[(.*?-rule\[\d+\](?:-deny-due-to-bad-CUSTOM-action)?|none)\]")
"""The response code details of a request that was refused (Envoy, source/extensions/filters/http/rbac)."""
_NONE = "none"
_DENIED = re.compile(r"(.*\.)?rbac\.denied")


def policy_in_words(name: str) -> str:
    """`AuthorizationPolicy hello/deny-all, rule 0`."""
    found = _POLICY.fullmatch(name)
    if found is None:
        return f"the policy {name}"
    custom = ", whose extension provider cannot be used" if found.group(5) else ""
    return f"AuthorizationPolicy {found.group(2)}/{found.group(3)}, rule {found.group(4)}{custom}"


def denied_by(log: str) -> str:
    """Who refused the last request that the access log says was refused; empty where it says nothing of one."""
    found = _LOGGED.findall(log)
    if not found:
        return ""
    return "no ALLOW policy has a rule that matches" if found[-1] == _NONE else policy_in_words(found[-1])


def denial_causes(workload: str, filters: Sequence[Rbac], counted: Mapping[str, int], log: str = "") -> Iterator[str]:
    """Why requests are refused: `counted` is what the proxy counted since before they were sent."""
    denied = sum(value for name, value in counted.items() if _DENIED.fullmatch(name))
    many = f", which counted {denied} denied requests" if denied else ""
    if said := denied_by(log):
        yield f"the proxy of {workload} denied it: {said}"
        return
    deny = _named(filters, "DENY")
    allow = _named(filters, "ALLOW")
    if not (deny or allow or any(each.action == "ALLOW" for each in filters)):
        if counted and not denied:
            yield f"no policy of the proxy of {workload} denied it: it has none"
        return
    if deny and not allow:
        yield f"{_or(deny)} denies it in the proxy of {workload}{many}"
    elif allow and not deny:
        yield f"none of the rules that allow matches it in the proxy of {workload}{many}: there are {', '.join(allow)}"
    elif deny:
        yield (
            f"in the proxy of {workload}{many}, either {_or(deny)} denies it, or none of these allows it: "
            f"{', '.join(allow)}; its access log would say which"
        )
    else:
        yield f"the proxy of {workload} allows nothing{many}: an ALLOW policy without a rule applies to it"


def passing_causes(workload: str, filters: Sequence[Rbac], expected: Iterable[str]) -> Iterator[str]:
    """Why requests are not refused: `expected` are the policies (`namespace/name`) that should."""
    enforced = {name for each in filters if not each.is_dry_run for name in each.policies}
    tried = {name for each in filters if each.is_dry_run for name in each.policies}
    if not filters:
        yield f"the proxy of {workload} has no policy at all"
        return
    for each in expected:
        pattern = f"]-policy[{each.partition('/')[2]}]-"
        of = f"ns[{each.partition('/')[0]}"
        if not any(pattern in name and of in name for name in enforced):
            dry = any(pattern in name and of in name for name in tried)
            why = "is only tried (dry run)" if dry else "does not apply"
            yield f"AuthorizationPolicy {each} {why} in the proxy of {workload}"


def _named(filters: Iterable[Rbac], action: str) -> list[str]:
    found = {name for each in filters if each.action == action and not each.is_dry_run for name in each.policies}
    return [policy_in_words(name) for name in sorted(found)]


def _or(names: Sequence[str]) -> str:
    return " or ".join(names)
