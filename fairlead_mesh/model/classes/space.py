"""Which requests can there be at an entrance? Parts that are told apart there, and a request for each box of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fairlead_mesh.model.classes.boxes import Box
from fairlead_mesh.model.classes.conditions import (
    AUTHORITY,
    CLAIM,
    HEADER,
    KEYS,
    METHOD,
    PATH,
    PRINCIPAL,
    QUERY,
    SCHEME,
    Condition,
    Conjunction,
)
from fairlead_mesh.model.classes.dimension import Dimension, Kind, dimension
from fairlead_mesh.model.requests.request import Request

_P = r"!$&'()*+,;=:@A-Za-z0-9_~-"
_VALUE = r"[!-~]([ -~]*[!-~])?"
_KINDS = {
    # Without dot segments and encoded characters, which a proxy normalises before it compares.
    PATH: Kind(("/",), ("/any", "any"), rf"(/([{_P}][.{_P}]*|\.[{_P}][.{_P}]*|\.\.[.{_P}]+)?)+"),
    METHOD: Kind(("GET", "POST"), ("X",), "[A-Z]+"),
}
_PAIRS = Kind((), ("any",), "[A-Za-z0-9._~-]*", optional=True)
_HEADERS = Kind((), ("any",), _VALUE, optional=True)


@dataclass(frozen=True)
class Space:
    """The parts of requests that rules ask about; `fixed` are those that all requests here have in common, `issuers`
    those whose tokens are taken, `hosts` what a Host header can be where it is not fixed."""

    fixed: Mapping[str, str]
    issuers: tuple[str, ...]
    asked: tuple[Condition, ...]
    hosts: Kind = _HEADERS

    @cached_property
    def dimensions(self) -> dict[str, Dimension]:
        parts: dict[str, list[Condition]] = {PATH: [], METHOD: []}
        for each in self.asked:
            if each.part not in self.fixed and not self._is_nobodys(each.part):
                parts.setdefault(each.part, []).append(each)
        if any(part.startswith(CLAIM) for part in parts):
            parts.setdefault(PRINCIPAL, [])
        return {
            part: dimension(self._kind(part), [one for each in conditions for one in each.wanted])
            for part, conditions in parts.items()
        }

    @property
    def open(self) -> str:
        """Why there may be more classes than are found; empty where all are."""
        return next((each.open for each in self.dimensions.values() if each.open), "")

    @property
    def whole(self) -> Box:
        return tuple(each.every for each in self.dimensions.values())

    def box(self, conjunction: Conjunction) -> Box | None:
        """The requests for which all of this holds; None where there are none."""
        found = {part: each.every for part, each in self.dimensions.items()}
        for condition in conjunction:
            part = condition.part
            if part in found:
                dim = self.dimensions[part]
                mask = 0
                for each in condition.wanted:
                    mask |= dim.bits.get(each, 0)
                found[part] &= dim.every & ~mask if condition.negated else mask
            elif part in self.fixed or self._is_nobodys(part):
                value = self.fixed.get(part)
                if any(each.takes(value) for each in condition.wanted) == condition.negated:
                    return None
        return tuple(found.values()) if all(found.values()) else None

    def request(self, box: Box, like: Request) -> Request | None:
        """One request of a box; None where none can be: claims without a token."""
        values = {part: dim.first(mask) for (part, dim), mask in zip(self.dimensions.items(), box, strict=True)}
        claims = {part.removeprefix(CLAIM): value for part, value in values.items() if part.startswith(CLAIM) and value}
        principal = values.get(PRINCIPAL)
        if claims and principal is None:
            principal = self._unnamed_principal(box)
            if principal is None:
                return None
        query = "&".join(
            f"{part.removeprefix(QUERY)}={value}"
            for part, value in values.items()
            if part.startswith(QUERY) and value is not None
        )
        headers = {
            part.removeprefix(HEADER): value for part, value in values.items() if part.startswith(HEADER) and value
        }
        path = f"{values[PATH]}{'?' if query else ''}{query}"
        return like.changed(
            path=path,
            method=values[METHOD],
            headers={**like.headers, **headers},
            claims=_claims(principal, claims) if principal else None,
            authority=values.get(AUTHORITY) or like.authority,
        )

    def _is_nobodys(self, part: str) -> bool:
        return (part == PRINCIPAL or part.startswith(CLAIM)) and not self.issuers

    def _kind(self, part: str) -> Kind:
        if part == PRINCIPAL:
            issuers = "|".join(re.escape(each) for each in self.issuers)
            return Kind(
                tuple(f"{each}/anybody" for each in self.issuers), ("any",), f"({issuers})/[!-~]+", optional=True
            )
        if part == AUTHORITY:
            return self.hosts
        return _KINDS.get(part) or (_PAIRS if part.startswith(QUERY) else _HEADERS)

    def _unnamed_principal(self, box: Box) -> str | None:
        """Somebody with a token whom no rule names, where the box takes such people."""
        place = list(self.dimensions).index(PRINCIPAL)
        dim = self.dimensions[PRINCIPAL]
        if not box[place] & 1:
            return None
        value = f"{self.issuers[0]}/anybody"
        return None if any(each.takes(value) for each in dim.bits) else value


def _claims(principal: str, claims: Mapping[str, str]) -> dict[str, Any]:
    issuer, _, subject = principal.rpartition("/")
    found: dict[str, Any] = {"iss": issuer, "sub": subject}
    for path, value in claims.items():
        *outer, last = path.split(KEYS)
        holder = found
        for key in outer:
            holder = holder.setdefault(key, {})
        holder[last] = value
    return found


def space(like: Request, issuers: Iterable[str], rules: Sequence[Conjunction], hosts: Callable[[], Kind]) -> Space:
    """The space that these rules cut; `hosts` are asked for where a rule asks about them."""
    asked = tuple(condition for rule in rules for condition in rule)
    fixed, every = {SCHEME: like.scheme}, tuple(sorted(issuers))
    if any(each.part == AUTHORITY for each in asked):
        return Space(fixed, every, asked, hosts())
    return Space({**fixed, AUTHORITY: like.authority}, every, asked)
