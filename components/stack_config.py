"""What does this stack's config say? Everything wrong with it is one error that names every place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret

from fairlead_mesh.config import SECRET_KEYS, Config
from fairlead_mesh.findings import ConfigError, Finding, report, warnings
from fairlead_mesh.keys.project import PROJECT
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.keys.stack_keys import namespace_findings, secret_findings
from fairlead_mesh.limits.rate_limit_objects import rate_limit_objects
from fairlead_mesh.lint.stack.stack_lint import stack_findings
from fairlead_mesh.policies import policies
from fairlead_mesh.reading.stack_objects import broken_findings_at_their_line, chart_folder_findings, stack_objects
from fairlead_mesh.stack import well_formed, without_secrets


@dataclass(frozen=True)
class StackConfig:
    """A config that may be built on, the manifests of its YAML files, of its policies and of the service that counts
    for limits, its secrets by key, and the region of the stack."""

    config: Config
    objects: list[Manifest]
    policies: list[Manifest]
    limits: list[Manifest]
    secrets: Mapping[str, pulumi.Output[str]]
    region: str | None


def stack_config() -> StackConfig:
    """Read the running stack's config; raises RunError, which Pulumi shows without a traceback.

    It is refused where the rules find an error in it or in anything it would apply; what they only warn of is logged.
    """
    everything = {**get_config_env(), **CONFIG.get()}
    raw = _keys_of_the_project(everything)
    encrypted = _encrypted(raw)
    own = pulumi.Config(PROJECT)
    secrets = {key: own.require_secret(key) for key in SECRET_KEYS if raw.get(key)}
    found = [*namespace_findings(everything), *secret_findings(raw, encrypted)]
    try:
        return checked_stack(
            without_secrets(raw, encrypted), secrets=secrets, region=everything.get("aws:region"), found=found
        )
    except ConfigError as error:
        raise pulumi.RunError(report(error.findings)) from None


def stack_region() -> str | None:
    """The region that the stack says for AWS."""
    return pulumi.Config("aws").get("region")


def checked_stack(
    keys: dict[str, Any],
    *,
    secrets: Mapping[str, pulumi.Output[str]],
    region: str | None,
    found: Sequence[Finding] = (),
) -> StackConfig:
    """The stack that these keys describe; `found` is what is known of them already, and `region` where it is.

    Raises ConfigError with everything that is wrong with them or with anything they would apply.
    """
    read, wrong = stack_objects(keys.get("objects"), Path())
    wrong += [*chart_folder_findings(keys.get("istio"), Path()), *broken_findings_at_their_line(read.broken)]
    wrong += [finding for finding in found if finding.severity == "error"]
    try:
        config = well_formed(keys, region=region)
    except ConfigError as error:
        raise ConfigError([*error.findings, *wrong]) from None
    judged = stack_findings(config, read.items)
    if judged.errors or wrong:
        raise ConfigError([*judged.errors, *wrong])
    if told := [*(finding for finding in found if finding.severity == "warning"), *judged.warnings]:
        pulumi.log.warn(warnings(told))
    own_policies = [item.manifest for item in policies(config, read.items)]
    limits = rate_limit_objects(config, read.items)
    return StackConfig(config, [item.manifest for item in read.items], own_policies, limits, secrets, region)


def _keys_of_the_project(everything: Mapping[str, Any]) -> dict[str, Any]:
    prefix = f"{PROJECT}:"
    own = {key.removeprefix(prefix): text for key, text in everything.items() if key.startswith(prefix)}
    return {key: text if key in SECRET_KEYS else _value(text) for key, text in own.items()}


def _encrypted(keys: Iterable[str]) -> list[str]:
    return [key for key in keys if is_config_secret(f"{PROJECT}:{key}")]


def _value(text: Any) -> Any:
    """A structured value reaches a program as JSON, a plain one as its text."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return text
