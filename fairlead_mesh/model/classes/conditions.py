"""What do rules ask of a request? Matches of routes and rules of policies, as conditions on its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.classes.dimension import EXACT, PREFIX, PRESENT, REGEX, SUFFIX, Wanted
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.requests.http_match import claim_path

PATH, METHOD, AUTHORITY, SCHEME, PRINCIPAL = "path", "method", "authority", "scheme", "principal"
HEADER, QUERY, CLAIM = "header:", "query:", "claim:"
KEYS = "]["
"""Between the keys of a claim."""
_CLAIMS = "@request.auth.claims"
_MATCHED = {"uri": PATH, "method": METHOD, "authority": AUTHORITY, "scheme": SCHEME}
_OF_ENVOY = {":authority": AUTHORITY, "host": AUTHORITY, ":method": METHOD, ":path": PATH, ":scheme": SCHEME}
_OPERATIONS = {"paths": PATH, "methods": METHOD, "hosts": AUTHORITY, "requestPrincipals": PRINCIPAL}
_KEYS = {"request.auth.principal": PRINCIPAL}
_TEMPLATES = {"{*}": "[^/]+", "{**}": ".*"}


@dataclass(frozen=True)
class Condition:
    """A part of a request must be one of what is wanted or, negated, none of it."""

    part: str
    wanted: tuple[Wanted, ...]
    negated: bool = False


Conjunction = tuple[Condition, ...]


def of_match(match: Mapping[str, Any]) -> Conjunction:
    """What a match of an HTTP route asks of requests; where it holds is another question."""
    return tuple(_of_match(match))


def _of_match(match: Mapping[str, Any]) -> Iterator[Condition]:
    for key, part in _MATCHED.items():
        if wanted := as_map(match.get(key)):
            yield Condition(part, (_string(wanted, ignore_case=key == "uri" and bool(match.get("ignoreUriCase"))),))
    for key, negated in (("headers", False), ("withoutHeaders", True)):
        for name, wanted in as_map(match.get(key)).items():
            yield Condition(_header(str(name)), (_string(as_map(wanted)),), negated)
    for name, wanted in as_map(match.get("queryParams")).items():
        yield Condition(f"{QUERY}{name}", (_string(as_map(wanted)),))


def _header(name: str) -> str:
    if name.startswith(_CLAIMS):
        return CLAIM + KEYS.join(claim_path(name))
    return _OF_ENVOY.get(name.lower(), f"{HEADER}{name.lower()}")


def _string(wanted: Mapping[str, Any], *, ignore_case: bool = False) -> Wanted:
    found = next((form for form in (REGEX, EXACT, PREFIX) if form in wanted), PRESENT)
    return Wanted(found, str(wanted.get(found, "")), ignore_case and found != REGEX)


def of_policy(policy: Mapping[str, Any]) -> list[Conjunction]:
    """What the rules of an AuthorizationPolicy ask of requests; who calls, and where, is another question."""
    return [
        tuple(found)
        for rule in as_maps(policy.get("rules"))
        for source in [as_map(each.get("source")) for each in as_maps(rule.get("from"))] or [as_map(None)]
        for operation in [as_map(each.get("operation")) for each in as_maps(rule.get("to"))] or [as_map(None)]
        if (found := [*_fields(source), *_fields(operation), *_whens(as_maps(rule.get("when")))])
    ]


def _fields(fields: Mapping[str, Any]) -> Iterator[Condition]:
    for field, part in _OPERATIONS.items():
        for key, negated in ((field, False), (f"not{field[0].upper()}{field[1:]}", True)):
            if values := [str(each) for each in as_list(fields.get(key))]:
                yield Condition(part, tuple(_pattern(part, each) for each in values), negated)


def _whens(conditions: Sequence[Mapping[str, Any]]) -> Iterator[Condition]:
    for each in conditions:
        name, _, inner = str(each.get("key")).partition("[")
        keys = re.findall(r"[^\[\]]+", inner)
        part = {
            "request.headers": _header(keys[0]) if keys else "",
            "request.auth.claims": CLAIM + KEYS.join(keys),
        }.get(name, _KEYS.get(name, ""))
        for field, negated in (("values", False), ("notValues", True)):
            if part and (values := [str(value) for value in as_list(each.get(field))]):
                yield Condition(part, tuple(_pattern(part, value) for value in values), negated)


def _pattern(part: str, text: str) -> Wanted:
    """A value of an AuthorizationPolicy: as it is, by prefix, by suffix, any, or a template of a path."""
    if part == PATH and "{" in text:
        pieces = re.split(r"(\{\*{1,2}\})", text)
        return Wanted(REGEX, "".join(_TEMPLATES.get(each, re.escape(each)) for each in pieces))
    if text == "*":
        return Wanted(PRESENT)
    if part == AUTHORITY:
        text = text.lower()  # compared regardless of case, and here all hosts are in small letters
    if text.startswith("*"):
        return Wanted(SUFFIX, text[1:])
    if text.endswith("*"):
        return Wanted(PREFIX, text[:-1])
    return Wanted(EXACT, text)


def of_handling(spec: Mapping[str, Any]) -> list[Conjunction]:
    """What a route's own handling tells apart of the requests that it takes: origins, preflights, paths rewritten."""
    found: list[Conjunction] = []
    if policy := as_map(spec.get("corsPolicy")):
        origins = [
            *as_maps(policy.get("allowOrigins")),
            *({"exact": each} for each in as_list(policy.get("allowOrigin"))),
        ]
        asked = [Wanted(PRESENT) if each.get("exact") == "*" else _string(each) for each in origins]
        found += [(Condition(f"{HEADER}origin", (each,)),) for each in asked]
        preflight = Condition(f"{HEADER}access-control-request-method", (Wanted(PRESENT),))
        found.append((Condition(METHOD, (Wanted(EXACT, "OPTIONS"),)), preflight))
    if pattern := as_map(as_map(spec.get("rewrite")).get("uriRegexRewrite")):
        found.append((Condition(PATH, (Wanted(REGEX, _somewhere(str(pattern.get("match")))),)),))
    return found


def _somewhere(pattern: str) -> str:
    """The expression of all texts in which a pattern is found."""
    if "|" in pattern:
        return f".*({pattern}).*"
    before, after = ("" if pattern.startswith("^") else ".*"), ("" if pattern.endswith("$") else ".*")
    return f"{before}({pattern.removeprefix('^').removesuffix('$')}){after}"
