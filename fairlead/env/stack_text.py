"""What does the stack file of an environment say? That of its source, with names, hosts and an end of its own.

Istio, its settings, addons and security rules stay with the stack that brings them: the environment shares its control
plane. Comments of what is kept stay.
"""

from __future__ import annotations

import copy
import io
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

from fairlead.env.own_apps import OwnApps
from fairlead.env.own_gateways import own_gateways
from fairlead.env.own_objects import OwnObjects, objects_file
from fairlead.env.wanted import Wanted, too_long
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.overrides import override
from fairlead.yaml_files.stack_file import StackFile, has_secrets, qualified
from fairlead_mesh.model.objects.yaml_values import as_map

HEAD = "# The environment {name}, made from {source} by `fairlead env up`: the next one writes it again.\n"
DEFAULT_TTL = "8h"
_OF_ISTIO = ("version", "namespace", "charts")
_OF_THE_SOURCE = ("addons", "egress", "rateLimitService", "securityRules", "securityGroups")
_KEEPS_SECRETS = ("encryptionsalt", "encryptedkey", "secretsprovider")
_ISTIOS = "istio-system"


def environment_text(text: str, wanted: Wanted, project: str, objects: OwnObjects) -> str:
    """The stack file of the environment. Raises UserError with all that keeps it from being made."""
    yaml, document = _loaded(text)
    raw: Any = document.get("config") or {}
    config = _Sections(raw, project)
    problems = [*_secrets(document, config), *objects.problems]
    istios = str(as_map(config.get("istio")).get("namespace") or _ISTIOS)
    outside = {str(each.get("name")) for each in config.items("egress")}
    for key in _OF_THE_SOURCE:
        config.drop(key)
    _logs(config)
    config.set("lifecycle", _lifecycle(as_map(config.get("lifecycle")), wanted))
    config.set("istio", _shared(config.get("istio")))
    copied = own_gateways(config.items("gateways"), wanted)
    problems += OwnApps(wanted, frozenset(copied), _spaces(config), frozenset(outside)).change(config.items("apps"))
    _namespaces(config, wanted, istios, objects)
    _silences(config, wanted)
    for each in wanted.overrides:
        override(StackFile(project, wanted.name, Path(f"Pulumi.{wanted.name}.yaml"), raw), each)
    problems += too_long({key: config.get(key) for key in ("namespaces", "gateways", "apps")})
    if problems:
        lines = [f"No environment {wanted.name} can be made from {wanted.source}:", *(f"  {each}" for each in problems)]
        raise UserError("\n".join(lines))
    document["config"] = raw
    stream = io.StringIO()
    yaml.dump(document, stream)
    return HEAD.format(name=wanted.name, source=wanted.source) + stream.getvalue()


def is_environment(text: str, name: str) -> bool:
    """Whether a stack file was made by `environment_text` for an environment of this name."""
    return text.startswith(HEAD.format(name=name, source="\n").partition("\n")[0])


class _Sections:
    """The keys of the program in a document that keeps its comments."""

    def __init__(self, raw: Any, project: str) -> None:
        self._raw, self._project = raw, project
        for key in [each for each in raw if qualified(each, project) != each]:
            raw[qualified(key, project)] = raw.pop(key)

    def get(self, key: str) -> Any:
        return self._raw.get(f"{self._project}:{key}")

    def set(self, key: str, value: Any) -> None:
        self._raw[f"{self._project}:{key}"] = value

    def drop(self, key: str) -> None:
        self._raw.pop(f"{self._project}:{key}", None)

    def items(self, key: str) -> list[dict[str, Any]]:
        """The maps of a list, to be changed where they are."""
        value = self.get(key)
        listed = cast("list[Any]", value) if isinstance(value, list) else []
        return [cast("dict[str, Any]", each) for each in listed if isinstance(each, dict)]

    def drop_own_secrets(self) -> None:
        for key in [each for each in self.secret_keys if each.startswith(f"{self._project}:")]:
            del self._raw[key]

    @property
    def secret_keys(self) -> list[str]:
        return sorted(str(key) for key, value in self._raw.items() if has_secrets(value))


def _loaded(text: str) -> tuple[Any, Any]:
    yaml: Any = YAML()
    yaml.preserve_quotes = True
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    document: Any = yaml.load(text) or {}
    _unshare(document, set())
    return yaml, document


def _unshare(node: Any, seen: set[int]) -> None:
    """Give each alias a value of its own, so that a change of one place is none of another."""
    holder = cast("dict[Any, Any]", node)
    for key in [*(holder if isinstance(node, dict) else range(len(holder)))]:
        value: Any = holder[key]
        if isinstance(value, dict | list):
            if id(cast("object", value)) in seen:
                value = holder[key] = copy.deepcopy(cast("Any", value))
            seen.add(id(cast("object", value)))
            _unshare(cast("Any", value), seen)


def _secrets(document: Any, config: _Sections) -> list[str]:
    """Secrets that the new stack could not decrypt; those of addons go with the addons."""
    config.drop_own_secrets()
    if any(document.get(key) for key in _KEEPS_SECRETS):
        return []
    return [
        f"{key} is a secret that Pulumi Cloud encrypts for each stack: leave it out of the source, or create the stack "
        "with `pulumi stack init --copy-config-from`"
        for key in config.secret_keys
    ]


def _lifecycle(source: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    ttl = wanted.ttl or (source.get("ttl") if source.get("ephemeral") else None) or DEFAULT_TTL
    return {"ephemeral": True, "ttl": str(ttl), "owner": wanted.owner}


def _shared(istio: Any) -> Any:
    if not isinstance(istio, dict):
        return {"controlPlane": "shared"}
    section = cast("dict[str, Any]", istio)
    for key in [each for each in section if each not in _OF_ISTIO]:
        del section[key]
    section["controlPlane"] = "shared"
    return section


def _logs(config: _Sections) -> None:
    """A format or a provider of access logs is in MeshConfig; whether there are any is the namespace's own affair."""
    for each in [*config.items("namespaces"), *config.items("apps")]:
        if not isinstance(each.get("accessLogs", True), bool):
            del each["accessLogs"]


def _spaces(config: _Sections) -> frozenset[str]:
    """The namespaces of the source."""
    listed = {str(each.get("name")) for each in config.items("namespaces")}
    used = [*config.items("apps"), *config.items("samples")]
    return frozenset(listed | {str(each.get("namespace") or "default") for each in used})


def _namespaces(config: _Sections, wanted: Wanted, istios: str, objects: OwnObjects) -> None:
    """Those of the source under names of their own, created with the environment, and those that something needs."""
    if objects.manifests:
        config.set("objects", [objects_file(wanted.name)])
    listed = config.items("namespaces")
    kept = [each for each in listed if each.get("name") != istios]
    for each in kept:
        each["name"] = wanted.own(str(each["name"]))
        each.pop("adopt", None)
    for each in config.items("samples"):
        each["namespace"] = wanted.own(str(each.get("namespace") or "default"))
    known = {each["name"] for each in kept}
    needed = sorted(({str(each["namespace"]) for each in config.items("apps")} | objects.namespaces) - known)
    _replace(config, "namespaces", kept, [{"name": name} for name in needed])


def _replace(config: _Sections, key: str, kept: list[Any], added: list[Any]) -> None:
    value = config.get(key)
    if isinstance(value, list):
        items = cast("list[Any]", value)
        for each in [each for each in items if not any(each is other for other in kept)]:
            items.remove(each)
        items.extend(added)
    elif added:
        config.set(key, added)


def _silences(config: _Sections, wanted: Wanted) -> None:
    """A finding that is silenced for one object is so in the environment's namespace."""
    ignored = as_map(config.get("lint")).get("ignore")
    for each in cast("list[Any]", ignored) if isinstance(ignored, list) else []:
        entry = cast("dict[str, Any]", each) if isinstance(each, dict) else {}
        kind, _, name = str(entry.get("object") or "").partition(" ")
        if "/" in name:
            entry["object"] = f"{kind} {wanted.own(name)}"
