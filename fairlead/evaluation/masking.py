"""What of an object may be shown? All but the data of Secrets and a provider's credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from fairlead.evaluation.snapshot import SECRET

ANOTHER = "[another secret]"
"""Stands for a secret that is not the one on the other side."""

_SECRET_DATA = ("data", "stringData")
_CREDENTIALS = ("kubeconfig", "accessKey", "secretKey", "token")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

Manifest = Mapping[str, Any]
Word = Callable[[str, Any], str]
"""What is shown in the place of a hidden value, by its key."""


def masked(inputs: Manifest) -> dict[str, Any]:
    """The inputs of a resource, or an object, with `[secret]` for each value that nobody may read."""
    return _with(inputs, _secret)


def masked_pair(old: Manifest, new: Manifest) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both states of an object, masked, and yet not equal where their secrets are not: the new one is `ANOTHER`."""
    before = _hidden(old)

    def word(key: str, value: Any) -> str:
        return SECRET if before.get(key, value) == value else ANOTHER

    return masked(old), _with(new, word)


def with_others(new: Manifest, before: Mapping[str, str], after: Mapping[str, str]) -> Manifest:
    """The later state, with `ANOTHER` where its secret has not the fingerprint of the earlier one."""
    shown: Any = new
    for path in sorted(after):
        if before.get(path, after[path]) != after[path]:
            shown = _replaced(shown, path.split("."))
    return shown


def _replaced(value: Any, path: Sequence[str]) -> Any:
    """A copy with `ANOTHER` at the path; names with dots in them are tried as one step."""
    if not path:
        return ANOTHER
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return [_replaced(each, path[1:]) if str(index) == path[0] else each for index, each in enumerate(items)]
    if isinstance(value, dict):
        held = cast("dict[str, Any]", value)
        for steps in range(1, len(path) + 1):
            if (name := ".".join(path[:steps])) in held:
                return {**held, name: _replaced(held[name], path[steps:])}
    return cast("Any", value)


def _secret(_key: str, _value: Any) -> str:
    return SECRET


def _with(inputs: Manifest, word: Word) -> dict[str, Any]:
    shown = dict(inputs)
    if shown.get("kind") == "Secret":
        for part in _SECRET_DATA:
            data: Any = shown.get(part)
            if isinstance(data, dict):
                held = cast("dict[str, Any]", data)
                shown[part] = {key: word(f"{part}.{key}", value) for key, value in held.items()}
            elif data is not None:
                shown[part] = word(part, data)
        shown = _without_last_applied(shown)
    elif "kind" not in shown:
        shown |= {key: word(key, shown[key]) for key in _CREDENTIALS if shown.get(key)}
    return shown


def _hidden(inputs: Manifest) -> dict[str, Any]:
    """Every hidden value by its key."""
    found: dict[str, Any] = {}

    def keep(key: str, value: Any) -> str:
        found[key] = value
        return SECRET

    _with(inputs, keep)
    return found


def _without_last_applied(manifest: dict[str, Any]) -> dict[str, Any]:
    """Without kubectl's copy of the whole object, data included."""
    metadata: Any = manifest.get("metadata")
    annotations: Any = cast("dict[str, Any]", metadata).get("annotations") if isinstance(metadata, dict) else None
    if not isinstance(annotations, dict) or _LAST_APPLIED not in annotations:
        return manifest
    kept = {key: value for key, value in cast("dict[str, Any]", annotations).items() if key != _LAST_APPLIED}
    return {**manifest, "metadata": {**cast("dict[str, Any]", metadata), "annotations": kept}}
