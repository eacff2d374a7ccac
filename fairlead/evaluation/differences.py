"""Where do two objects differ? By path, as one would point at it: what was sent, what is there, what changed."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

ABSENT = object()
WIDEST = 80
SERVER_OWNED = frozenset({"creationTimestamp", "generation", "managedFields", "resourceVersion", "uid"})
QUANTITY = re.compile(r"^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$")
SCALE = {"": 1, "m": Decimal("0.001"), "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12} | {
    unit: 1024**power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti"), start=1)
}


@dataclass(frozen=True)
class Difference:
    """One value that is another, or that is only on one side."""

    path: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.path}: {_shown(self.old)} -> {_shown(self.new)}"


def not_as_sent(sent: Mapping[str, Any], live: Mapping[str, Any]) -> list[Difference]:
    """Whatever was sent and is not there so; what the server adds is its own business."""
    expected = dict(sent)
    if "stringData" in expected:
        encoded = {key: b64encode(text.encode()).decode() for key, text in expected.pop("stringData").items()}
        expected["data"] = {**(expected.get("data") or {}), **encoded}
    return list(_missing(expected, live, ""))


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Everything that differs between two states of one object, the server's own books aside."""
    return list(_changed(_without_books(old), _without_books(new), ""))


def _without_books(live: Mapping[str, Any]) -> dict[str, Any]:
    books: Any = live.get("metadata")
    held = cast("dict[str, Any]", books) if isinstance(books, dict) else {}
    metadata = {key: value for key, value in held.items() if key not in SERVER_OWNED}
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}


def _missing(sent: Any, live: Any, path: str) -> Iterator[Difference]:
    if live is ABSENT and not sent:
        return  # an empty value is one that the server does not store
    if isinstance(sent, dict) and isinstance(live, dict):
        there = cast("dict[str, Any]", live)
        for key, value in cast("dict[str, Any]", sent).items():
            yield from _missing(value, there.get(key, ABSENT), _below(path, key))
    elif isinstance(sent, list) and isinstance(live, list):
        yield from _missing_items(cast("list[Any]", sent), cast("list[Any]", live), path)
    elif not same(sent, live):
        yield Difference(path, sent, live)


def _missing_items(sent: list[Any], live: list[Any], path: str) -> Iterator[Difference]:
    names = Counter(map(_name, live))
    # Two mounts of one volume have one name: only their places tell them apart.
    named = {_name(each): each for each in live if _name(each) and names[_name(each)] == 1}
    for number, value in enumerate(sent):
        # Injectors and defaulters put their own items anywhere into a list of named ones.
        yield from _missing(value, named.get(_name(value), _at(live, number)), f"{path}[{number}]")


def _at(items: list[Any], number: int) -> Any:
    return items[number] if number < len(items) else ABSENT


def _name(item: Any) -> str:
    return str(cast("dict[str, Any]", item).get("name") or "") if isinstance(item, dict) else ""


def _changed(old: Any, new: Any, path: str) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        before, after = cast("dict[str, Any]", old), cast("dict[str, Any]", new)
        for key in sorted({*before, *after}):
            yield from _changed(before.get(key, ABSENT), after.get(key, ABSENT), _below(path, key))
    elif isinstance(old, list) and isinstance(new, list):
        before_items, after_items = cast("list[Any]", old), cast("list[Any]", new)
        for number in range(max(len(before_items), len(after_items))):
            yield from _changed(_at(before_items, number), _at(after_items, number), f"{path}[{number}]")
    elif old != new:
        yield Difference(path, old, new)


def same(sent: Any, live: Any) -> bool:
    """Whether a server that was sent the one would answer with the other: amounts are written in several ways."""
    if sent == live:
        return True
    if isinstance(sent, bool) or isinstance(live, bool) or live is ABSENT:
        return False
    amounts = [_amount(each) for each in (sent, live)]
    return amounts[0] is not None and amounts[0] == amounts[1]


def _amount(value: Any) -> Decimal | None:
    found = QUANTITY.match(str(value))
    return Decimal(found[1]) * SCALE[found[2] or ""] if found else None


def _below(path: str, key: str) -> str:
    step = key if re.fullmatch(r"[\w-]+", key) else f"[{key!r}]"
    return f"{path}.{step}" if path and not step.startswith("[") else f"{path}{step}"


def _shown(value: Any) -> str:
    text = "(none)" if value is ABSENT else repr(value)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
