"""Which parts of an object may nobody read? Those of Secrets, also of Secrets in lists, however deep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from fairlead_mesh.model.objects.yaml_values import as_map

Path = tuple[str | int, ...]
Hide = Callable[[Path, Any], Any]
"""What takes the place of a value, by its path."""

LAST_APPLIED = ("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
"""kubectl's copy of a whole object, data included."""

# A list and not its complement: a misspelt `stringdata` holds what stringData would.
_READABLE = frozenset({"apiVersion", "immutable", "kind", "metadata", "status", "type"})
_SECRET, _LIST, _SECRETS = "secret", "list", "secretlist"


def is_secret(manifest: Mapping[str, Any]) -> bool:
    """Whether its parts are hidden; a kind in other letters is one that nobody has, and may be meant as this."""
    return _kind(manifest) == _SECRET


def is_hidden(manifest: Mapping[str, Any], path: Path) -> bool:
    """Whether a path of an object leads to what nobody may read."""
    return is_secret(manifest) and bool(path) and (path[0] not in _READABLE or path[:3] == LAST_APPLIED)


def hidden(manifest: Mapping[str, Any], hide: Hide, path: Path = ()) -> dict[str, Any]:
    """The object with what `hide` returns for each part that nobody may read; the same where there is none."""
    kind, shown = _kind(manifest), dict(manifest)
    of_a_list = "items" in shown and (kind.endswith(_LIST) or isinstance(shown["items"], list)) and kind != _SECRET
    if not of_a_list and kind not in (_SECRET, _SECRETS):
        return shown
    if of_a_list:
        shown["items"] = _items(shown["items"], kind.removesuffix(_LIST), hide, (*path, "items"))
    if kind in (_SECRET, _SECRETS):
        readable = {*_READABLE, "items"} if of_a_list else _READABLE
        shown |= {key: hide((*path, key), value) for key, value in shown.items() if key not in readable}
    return _without_last_applied(shown, hide, path)


def _items(items: Any, kind: str, hide: Hide, path: Path) -> Any:
    """A list's items, which have its kind where they have none; what should be a list and is not may be anything."""
    if not isinstance(items, list):
        return hide(path, items)
    return [_item(each, kind, hide, (*path, index)) for index, each in enumerate(cast("list[Any]", items))]


def _item(item: Any, kind: str, hide: Hide, path: Path) -> Any:
    if not isinstance(item, dict):
        return item if item is None or kind not in ("", _SECRET) else hide(path, item)
    fields = cast("dict[str, Any]", item)
    if "kind" in fields or kind != _SECRET:
        return hidden(fields, hide, path)
    return {key: value for key, value in hidden({**fields, "kind": kind}, hide, path).items() if key != "kind"}


def _without_last_applied(shown: dict[str, Any], hide: Hide, path: Path) -> dict[str, Any]:
    metadata = as_map(shown.get("metadata"))
    annotations = as_map(metadata.get("annotations"))
    copy = LAST_APPLIED[-1]
    if copy not in annotations:
        return shown
    said = {**annotations, copy: hide((*path, *LAST_APPLIED), annotations[copy])}
    return {**shown, "metadata": {**metadata, "annotations": said}}


def _kind(manifest: Mapping[str, Any]) -> str:
    return str(manifest.get("kind") or "").casefold()
