"""Is this a mesh? The one way from raw keys to a config that may be built on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, cast

from pydantic import ValidationError

from fairlead_mesh.config import SECRET_KEYS, Config
from fairlead_mesh.findings import ConfigError, Finding, Path
from fairlead_mesh.keys.map_order import by_key
from fairlead_mesh.keys.shape import shape_findings
from fairlead_mesh.lint.config_findings import config_findings
from fairlead_mesh.lint.rule import CONFIG_RULES
from fairlead_mesh.lint.stack.silence import silenced
from fairlead_mesh.lint.stack.stack_lint import in_order
from fairlead_mesh.maturity.presets import Preset, presets, with_presets
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.opened_pages import with_ports_of_pages

_HIDDEN = "[secret]"
_SECTIONS = frozenset(str(field.alias) for field in Config.model_fields.values())
_ANY_CLUSTER = {"kubeconfig": {"context": "none"}}


def read_config(raw: dict[str, Any]) -> Config:
    """The config that the keys under `fairlead:` describe, judged by itself: what it makes is not looked at.

    Raises ConfigError with everything that is wrong, of shape and of meaning, in the order of the file's sections.
    """
    config = well_formed(raw)
    found = silenced(config_findings(config), config.lint).kept
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        raise ConfigError(in_order(errors))
    return config


def without_secrets(raw: Mapping[str, Any], encrypted: Collection[str]) -> dict[str, Any]:
    """The keys with a word in the place of each that holds something `encrypted`: at `pulumi up` that is plain text,
    which a finding would show as its value. The secret keys themselves are left out."""
    return {key: _HIDDEN if key in encrypted else value for key, value in raw.items() if key not in SECRET_KEYS}


def well_formed(raw: dict[str, Any], *, region: Any = None) -> Config:
    """The config that the keys describe, whatever it may mean; `region` is what the stack's `aws:region` says.

    Raises ConfigError where they have not the shape of one, with what the rules say of the rest. Of a key that is
    hidden `without_secrets` nothing is said but that it does not exist.
    """
    raw = by_key(_with_region(raw, region))
    try:
        config = Config.model_validate(raw)
        whole = Config.model_validate(with_presets(config, raw)) if config.maturity else config
        return with_ports_of_pages(whole)
    except ValidationError as error:
        hidden = {key for key, value in raw.items() if value == _HIDDEN} & _SECTIONS
        shape = [finding for finding in shape_findings(error, Config) if finding.path[0] not in hidden]
        raise ConfigError(in_order([*shape, *_meaning_of_the_rest(raw, shape)])) from None


def presets_of(raw: dict[str, Any]) -> list[Preset]:
    """What `maturity` sets beside the keys, which are well formed."""
    return presets(Config.model_validate(raw), raw)


def _with_region(raw: dict[str, Any], region: Any) -> dict[str, Any]:
    """An EKS cluster is in the region of the stack where its section says none."""
    cluster = as_map(raw.get("cluster"))
    eks = as_map(cluster.get("eks"))
    if not eks or not region or eks.get("region"):
        return raw
    return raw | {"cluster": cluster | {"eks": eks | {"region": region}}}


def _meaning_of_the_rest(raw: dict[str, Any], shape: list[Finding]) -> list[Finding]:
    """What the rules find in the parts of right shape, so that all is reported at once.

    A list loses its wrong items and a wrong section is left out; the rules that need it whole are not asked.
    """
    wrong: set[Path] = {
        finding.path[:2] if isinstance(raw.get(str(finding.path[0])), list) else finding.path[:1] for finding in shape
    }
    wrong |= {(key,) for key, value in raw.items() if value == _HIDDEN}
    rest: dict[str, Any] = {"cluster": _ANY_CLUSTER}
    kept: dict[str, list[int]] = {}
    for key, value in raw.items():
        if isinstance(value, list) and (key,) not in wrong:
            items = cast("list[Any]", value)
            kept[key] = [index for index in range(len(items)) if (key, index) not in wrong]
            rest[key] = [items[index] for index in kept[key]]
        elif (key,) not in wrong:
            rest[key] = value
    config = with_ports_of_pages(Config.model_validate(rest))
    found = silenced(config_findings(config, broken={str(path[0]) for path in wrong}), config.lint).kept
    if ("lint",) in wrong:
        # Nobody knows what it silences.
        found = [finding for finding in found if CONFIG_RULES[finding.rule].firm]
    return [_at_its_own_index(finding, kept) for finding in found if finding.severity == "error"]


def _at_its_own_index(finding: Finding, kept: dict[str, list[int]]) -> Finding:
    def own(path: Path) -> Path:
        section, *behind = path
        if section in kept and behind and isinstance(behind[0], int):
            return (section, kept[str(section)][behind[0]], *behind[1:])
        return path

    return replace(finding, path=own(finding.path), first=own(finding.first) if finding.first else None)
