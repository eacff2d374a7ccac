"""Which calls does a rule of an AuthorizationPolicy mean? As sets of conditions, of which one can hold another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_network
from itertools import product
from typing import Any, cast

from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

WHEN, WHEN_NOT = "when ", "when not "
_MOST = 64
_NETWORKS = ("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks")


@dataclass(frozen=True, order=True)
class Call:
    """Calls that meet all conditions: each a field of a source or an operation (`namespaces`, `notPaths`), or `when`
    with the key of a condition, and its values, one of which must be met. Without conditions these are all calls."""

    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @cached_property
    def fields(self) -> dict[str, tuple[str, ...]]:
        return dict(self.conditions)

    def covers(self, other: Call) -> bool:
        """Whether every call that `other` means is one of these."""
        if not self.fields.keys() <= other.fields.keys():
            return False
        return all(_holds(field, values, other.fields[field]) for field, values in self.conditions)


ALL = Call()


def _holds(field: str, values: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if values == theirs:
        return True
    if is_negative(field):
        return all(any(_matches(field, wider, value) for wider in theirs) for value in values)
    return all(any(_matches(field, pattern, value) for pattern in values) for value in theirs)


def is_negative(field: str) -> bool:
    """Whether the values are those that must not be met."""
    return field.startswith(("not", WHEN_NOT))


def _matches(field: str, pattern: str, value: str) -> bool:
    if pattern in (value, "*"):
        return True
    if field in _NETWORKS:
        return _within(value, pattern)
    if pattern.endswith("*"):
        return value.startswith(pattern[:-1])
    return pattern.startswith("*") and value.endswith(pattern[1:])


def _within(value: str, network: str) -> bool:
    try:
        narrow, wide = ip_network(value, strict=False), ip_network(network, strict=False)
    except ValueError:
        return False
    return narrow.version == wide.version and narrow.subnet_of(cast("Any", wide))


def calls(policy: Item) -> Iterator[Call]:
    """What the rules of a policy mean, in as small pieces as are worth telling apart."""
    for _, rule in policy.maps("spec", "rules"):
        when = dict(_conditions(rule.get("when")))
        for source, operation in product(_parts(rule, "from", "source"), _parts(rule, "to", "operation")):
            yield from _split({**source, **operation, **when})


def _parts(rule: Mapping[str, Any], key: str, inner: str) -> list[dict[str, tuple[str, ...]]]:
    parts = [as_map(each.get(inner)) for each in as_maps(rule.get(key))]
    return [{str(field): _values(value) for field, value in part.items() if value} for part in parts] or [{}]


def _conditions(when: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for each in as_maps(when):
        for word, values in ((WHEN, each.get("values")), (WHEN_NOT, each.get("notValues"))):
            if values:
                yield f"{word}{each.get('key')}", _values(values)


def _values(value: Any) -> tuple[str, ...]:
    listed = cast("list[Any]", value) if isinstance(value, list) else [value]
    return tuple(sorted({str(each) for each in listed}))


def _split(conditions: Mapping[str, tuple[str, ...]]) -> Iterator[Call]:
    fields = sorted(conditions)
    choices = [[conditions[f]] if is_negative(f) else [(value,) for value in conditions[f]] for f in fields]
    pieces = 1
    for each in choices:
        pieces *= len(each)
    combined = product(*choices) if pieces <= _MOST else [[conditions[field] for field in fields]]
    for values in combined:
        yield Call(tuple(zip(fields, values, strict=True)))


def merged(pieces: Iterable[Call]) -> list[Call]:
    """The pieces put together again where they differ in the values of one condition only."""
    found = [dict(piece.conditions) for piece in sorted(set(pieces))]
    for field in sorted({field for piece in found for field in piece if not is_negative(field)}):
        groups: dict[tuple[tuple[str, tuple[str, ...]], ...], set[str]] = defaultdict(set)
        rest: list[dict[str, tuple[str, ...]]] = []
        for piece in found:
            if field in piece:
                groups[tuple(sorted((key, value) for key, value in piece.items() if key != field))].update(piece[field])
            else:
                rest.append(piece)
        found = [*rest, *({**dict(others), field: tuple(sorted(values))} for others, values in groups.items())]
    return sorted(Call(tuple(sorted(piece.items()))) for piece in found)
