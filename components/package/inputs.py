"""What does a program ask of the package? The keys of a stack, once they are plain values, and its secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.output import Unknown

from fairlead_mesh.config import SECRET_KEYS
from fairlead_mesh.findings import Finding

from .schema import APP, MESH_KEY

_GIVEN = {"kubeconfig": {"context": "of the provider that the component is given"}}


class UndecidedError(Exception):
    """Some inputs are known only once other resources exist; their paths are the arguments."""


@dataclass(frozen=True)
class Asked:
    """The keys as a stack file would hold them, and the secrets by their keys."""

    kind: str
    keys: dict[str, Any]
    secrets: dict[str, pulumi.Output[str]]

    def problems(self, findings: Iterable[Finding]) -> InputPropertiesError:
        """The findings, each at the input of the program that it is about."""
        return InputPropertiesError(
            "",
            [{"property_path": _place(self._own(each.path)), "reason": _reason(each)} for each in findings],
        )

    def _own(self, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
        if self.kind != APP:
            return path
        return path[2:] if path[:2] == ("apps", 0) else (MESH_KEY, *path)


def asked(kind: str, inputs: Mapping[str, Any], *, has_provider: bool) -> Asked:
    """What the inputs of a component say. Raises InputPropertiesError where one is a secret that would be shown, and
    UndecidedError where one is not known yet."""
    secrets = {key: pulumi.Output.secret(inputs[key]) for key in SECRET_KEYS if inputs.get(key) is not None}
    reading = _Reading([], [])
    plain = {key: reading.plain(value, (key,)) for key, value in inputs.items() if key not in SECRET_KEYS}
    if reading.secret:
        named = ", ".join(SECRET_KEYS)
        reason = f"is a secret, and would be shown in Kubernetes objects and previews; secrets are {named}"
        raise InputPropertiesError("", [{"property_path": _place(path), "reason": reason} for path in reading.secret])
    if reading.unknown:
        raise UndecidedError(*(_place(path) for path in reading.unknown))
    keys = {key: value for key, value in plain.items() if value is not None}
    if kind == APP:
        keys = _of_an_app(keys)
    if has_provider:
        keys["cluster"] = _with_given(cast("dict[str, Any]", keys.get("cluster") or {}))
    return Asked(kind, keys, secrets)


@dataclass
class _Reading:
    """Takes values out of outputs that are there; an output of a construct call is, or nobody knows it."""

    unknown: list[tuple[str | int, ...]]
    secret: list[tuple[str | int, ...]]

    def plain(self, value: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, Unknown):
            self.unknown.append(path)
            return None
        if isinstance(value, pulumi.Output):
            return self._inside(cast("pulumi.Output[Any]", value), path)
        if isinstance(value, Mapping):
            of = cast("Mapping[str, Any]", value)
            return {key: self.plain(each, (*path, key)) for key, each in of.items()}
        if isinstance(value, list):
            return [self.plain(each, (*path, index)) for index, each in enumerate(cast("list[Any]", value))]
        # On the wire every number has a fraction.
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def _inside(self, output: pulumi.Output[Any], path: tuple[str | int, ...]) -> Any:
        data: Any = output._data.result()  # type: ignore[attr-defined]
        if data.is_secret:
            self.secret.append(path)
            return None
        if not data.is_known:
            self.unknown.append(path)
            return None
        return self.plain(data.value, path)


def _of_an_app(keys: dict[str, Any]) -> dict[str, Any]:
    """A stack with the app alone, on the mesh of another stack."""
    around = cast("dict[str, Any]", keys.get(MESH_KEY) or {})
    istio = {**cast("dict[str, Any]", around.get("istio") or {}), "controlPlane": "shared"}
    gateways = [{**each, "external": True} for each in cast("list[dict[str, Any]]", around.get("gateways") or [])]
    app = {key: value for key, value in keys.items() if key != MESH_KEY}
    return {**around, "istio": istio, "gateways": gateways, "apps": [app]}


def _with_given(cluster: dict[str, Any]) -> dict[str, Any]:
    return cluster if {"eks", "kubeconfig"} & cluster.keys() else {**cluster, **_GIVEN}


def _place(path: tuple[str | int, ...]) -> str:
    """`apps[0].port`."""
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path).removeprefix(".")


def _reason(finding: Finding) -> str:
    return f"{finding.message} -> {finding.remedy}" if finding.remedy else finding.message
