"""What does this stack's config say? Everything wrong with it is one error that names every place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from components.object_files import read_objects
from mesh.config import PROJECT, SECRET_KEYS, Config
from mesh.findings import ConfigError, report
from mesh.section import Manifest
from mesh.stack import read_config


@dataclass(frozen=True)
class StackConfig:
    """A config that may be built on, the manifests of its YAML files, and its secrets by key."""

    config: Config
    objects: list[Manifest]
    secrets: dict[str, pulumi.Output[str]]


def stack_config() -> StackConfig:
    """Read the running stack's config; raises RunError, which Pulumi shows without a traceback."""
    raw = _keys_of_the_project()
    findings = []
    config = None
    try:
        config = read_config({key: value for key, value in raw.items() if key not in SECRET_KEYS})
    except ConfigError as error:
        findings += error.findings
    paths = raw.get("objects", [])
    objects, wrong_objects = (
        read_objects([path for path in paths if isinstance(path, str)]) if isinstance(paths, list) else ([], [])
    )
    findings += wrong_objects
    if findings or config is None:
        raise pulumi.RunError(report(findings))
    own = pulumi.Config(PROJECT)
    secrets = {key: own.require_secret(key) for key in SECRET_KEYS if raw.get(key)}
    return StackConfig(config, objects, secrets)


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
