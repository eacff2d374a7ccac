"""What of an object may be shown? All but the data of Secrets and a provider's credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from fairlead.evaluation.snapshot import SECRET
from fairlead_mesh.model.objects.secret_parts import LAST_APPLIED, Path, hidden
from fairlead_mesh.model.objects.yaml_values import as_map

ANOTHER = "[another secret]"
"""Stands for a secret that is not the one on the other side."""

_CREDENTIALS = ("kubeconfig", "accessKey", "secretKey", "token")

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
    if "kind" not in inputs:
        return {**inputs, **{key: word(key, inputs[key]) for key in _CREDENTIALS if inputs.get(key)}}

    def hide(path: Path, value: Any) -> Any:
        # kubectl's copy of the whole object is nobody's to read or to compare.
        return None if path[-len(LAST_APPLIED) :] == LAST_APPLIED else _words(path, value, word)

    return _without_copies(hidden(inputs, hide))


def _words(path: Path, value: Any, word: Word) -> Any:
    """A word for each value of a map, so that its keys can be read, or one in the place of anything else."""
    if isinstance(value, dict):
        held = cast("dict[str, Any]", value)
        return {key: word(".".join(map(str, (*path, key))), inner) for key, inner in held.items()}
    return value if value is None else word(".".join(map(str, path)), value)


def _without_copies(manifest: dict[str, Any]) -> dict[str, Any]:
    """Without what was hidden of kubectl's copies."""
    if isinstance(manifest.get("items"), list):
        items = cast("list[Any]", manifest["items"])
        kept = [_without_copies(cast("dict[str, Any]", each)) if isinstance(each, dict) else each for each in items]
        manifest = {**manifest, "items": kept}
    metadata = as_map(manifest.get("metadata"))
    annotations = as_map(metadata.get("annotations"))
    if annotations.get(LAST_APPLIED[-1], "") is not None:
        return manifest
    others = {key: value for key, value in annotations.items() if key != LAST_APPLIED[-1]}
    return {**manifest, "metadata": {**metadata, "annotations": others}}


def _hidden(inputs: Manifest) -> dict[str, Any]:
    """Every hidden value by its key."""
    found: dict[str, Any] = {}

    def keep(key: str, value: Any) -> str:
        found[key] = value
        return SECRET

    _with(inputs, keep)
    return found
