"""What does this stack's config say? Everything wrong with it is one error that names every place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from components.object_files import read_objects
from mesh.config import PROJECT, SECRET_KEYS, Config
from mesh.findings import ConfigError, Finding, report, warnings
from mesh.lint.stack.stack_lint import stack_findings
from mesh.model.item import Item
from mesh.section import Manifest
from mesh.stack import well_formed


@dataclass(frozen=True)
class StackConfig:
    """A config that may be built on, the manifests of its YAML files, and its secrets by key."""

    config: Config
    objects: list[Manifest]
    secrets: dict[str, pulumi.Output[str]]


def stack_config() -> StackConfig:
    """Read the running stack's config; raises RunError, which Pulumi shows without a traceback.

    It is refused where the rules find an error in it or in anything it would apply; what they only warn of is logged.
    """
    raw = _keys_of_the_project()
    items, wrong = _objects(raw.get("objects", []))
    try:
        config = well_formed({key: value for key, value in raw.items() if key not in SECRET_KEYS})
    except ConfigError as error:
        raise pulumi.RunError(report([*error.findings, *wrong])) from None
    judged = stack_findings(config, items)
    if judged.errors or wrong:
        raise pulumi.RunError(report([*judged.errors, *wrong]))
    if judged.warnings:
        pulumi.log.warn(warnings(judged.warnings))
    own = pulumi.Config(PROJECT)
    secrets = {key: own.require_secret(key) for key in SECRET_KEYS if raw.get(key)}
    return StackConfig(config, [item.manifest for item in items], secrets)


def _objects(paths: Any) -> tuple[list[Item], list[Finding]]:
    return read_objects([path for path in paths if isinstance(path, str)]) if isinstance(paths, list) else ([], [])


def _keys_of_the_project() -> dict[str, Any]:
    prefix = f"{PROJECT}:"
    everything = {**get_config_env(), **CONFIG.get()}
    own = {key.removeprefix(prefix): text for key, text in everything.items() if key.startswith(prefix)}
    return {key: text if key in SECRET_KEYS else _value(text) for key, text in own.items()}


def _value(text: Any) -> Any:
    """A structured value reaches a program as JSON, a plain one as its text."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text
