"""Which values does `maturity` set, where the stack file says nothing of its own?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from fairlead_mesh.access.identities import identities
from fairlead_mesh.config import Config
from fairlead_mesh.maturity.keys_of_steps import KeyPath, needs_of
from fairlead_mesh.model.objects.yaml_values import as_list, as_map


@dataclass(frozen=True)
class Preset:
    """A value that a step sets at a path of the stack file."""

    path: KeyPath
    value: Any
    step: int


def presets(config: Config, raw: Mapping[str, Any]) -> list[Preset]:
    """Every value that `config.maturity` sets, each once; what `raw` says at its place, also that it is empty, wins."""
    found: dict[KeyPath, Preset] = {}
    for preset in _every(config):
        if preset.path not in found and not _is_said(raw, preset.path):
            found[preset.path] = preset
    return sorted(found.values(), key=lambda each: (each.step, list(map(str, each.path))))


def preset_paths(config: Config) -> frozenset[KeyPath]:
    """Where `maturity` sets something, whether the stack file says something of its own there or not."""
    return frozenset(preset.path for preset in _every(config))


def with_presets(config: Config, raw: dict[str, Any]) -> dict[str, Any]:
    """The keys of a stack file with the values that `maturity` sets."""
    whole = raw
    for preset in presets(config, raw):
        whole = cast("dict[str, Any]", _laid(whole, preset.path, preset.value))
    return whole


def _every(config: Config) -> Iterator[Preset]:
    nameless = frozenset(without_known_pods(config)) if config.maturity else frozenset[int]()
    for index, app in enumerate(config.apps) if config.maturity else ():
        for need in needs_of(app):
            if need.preset and need.step <= config.maturity:
                found = (Preset(path, value, need.step) for path, value in need.keys(config, index))
                yield from (preset for preset in found if _may_be_set(preset.path, config, nameless))


def _may_be_set(path: KeyPath, config: Config, nameless: frozenset[int]) -> bool:
    """Whoever brings a shared istiod decides for the mesh, and a namespace's own keys say what it is. No policy selects
    pods that nobody knows: the mesh would deny every request to such an app by default."""
    section, key = path[0], path[-1]
    if section == "namespaces" or (section in ("istio", "addons") and config.istio.is_shared):
        return False
    if key == "callers":
        return path[1] not in nameless
    return key != "defaultDeny" or not nameless


def without_known_pods(config: Config) -> list[int]:
    """The apps of which no policy can be made: their pods are in no sample, and the app says no labels."""
    known = identities(config).apps
    answering = ((index, app.name) for index, app in enumerate(config.apps) if app.answers_requests)
    return [index for index, name in answering if not known[name].labels]


def _is_said(raw: Any, path: KeyPath) -> bool:
    value = raw
    for part in path:
        if isinstance(part, int):
            listed = as_list(value)
            value = listed[part] if part < len(listed) else None
        elif not isinstance(value, dict):
            return True
        elif part not in value:
            return False
        else:
            value = cast("dict[str, Any]", value)[part]
    return True


def _laid(value: Any, path: KeyPath, leaf: Any) -> Any:
    if not path:
        return leaf
    first, *rest = path
    if isinstance(first, int):
        return [_laid(each, tuple(rest), leaf) if at == first else each for at, each in enumerate(as_list(value))]
    fields = as_map(value)
    return {**fields, first: _laid(fields.get(first), tuple(rest), leaf)}
