"""How does Pulumi's engine reach the package? As a provider that builds a Mesh or an App when a program wants one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.output import UNKNOWN
from pulumi.provider import ConstructResult, Provider

from fairlead_mesh.findings import ConfigError

from ..mesh import Mesh
from ..stack_config import StackConfig, checked_stack, stack_region
from .inputs import Asked, UndecidedError, asked
from .schema import APP, MESH, package_schema


class PackageProvider(Provider):
    """Of the package `fairlead`: components, and nothing else."""

    def __init__(self, version: str):
        super().__init__(version, json.dumps(package_schema(version)))

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Mapping[str, Any],
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Registers the component and all below it. In a preview whose inputs nobody knows yet, the component alone."""
        if resource_type not in (MESH, APP):
            raise pulumi.RunError(f"The package fairlead has no {resource_type}: use {MESH} or {APP}.")
        given = options.providers if options and isinstance(options.providers, dict) else {}
        try:
            found = asked(resource_type, inputs, has_provider="kubernetes" in given)
        except UndecidedError as error:
            return _undecided(name, resource_type, error, options)
        made = Mesh(_stack(found), kind=resource_type, name=name, opts=options)
        return ConstructResult(made.urn, made.outputs)


def _stack(found: Asked) -> StackConfig:
    try:
        return checked_stack(found.keys, secrets=found.secrets, region=stack_region())
    except ConfigError as error:
        raise found.problems(error.findings) from None


def _undecided(
    name: str, resource_type: str, error: UndecidedError, options: pulumi.ResourceOptions | None
) -> ConstructResult:
    inputs = ", ".join(map(str, error.args))
    component = pulumi.ComponentResource(resource_type, name, {}, options)
    text = f"What this preview shows of it ends here: {inputs} is known only once other resources exist."
    pulumi.log.warn(text, component)
    return ConstructResult(component.urn, dict.fromkeys(("gateways", "addons", "apps"), UNKNOWN))
