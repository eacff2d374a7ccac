"""What may stand in a stack file, for an editor to complete and check? A JSON schema, made from the config model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from fairlead.reference.schema_messages import with_messages
from fairlead_mesh.apps.match import StringMatch
from fairlead_mesh.config import SECRET_KEYS, Config
from fairlead_mesh.external import WHAT_TO_WRITE, External
from fairlead_mesh.keys.project import PROJECT
from fairlead_mesh.keys.short import Short
from fairlead_mesh.keys.stack_keys import near_misses
from fairlead_mesh.telemetry.access_logs import WHAT_TO_WRITE as LOGS
from fairlead_mesh.telemetry.access_logs import AccessLogs

SCHEMA_PATH = Path("docs/stack.schema.json")

_Schema = dict[str, Any]
_OF_OTHERS = rf"^(?!({near_misses(PROJECT)}):)[^:]+:.+$"
_WITH_NULL = 2
_BEHIND_CONFIG: _Schema = {
    "secretsprovider": {"type": "string", "description": "What encrypts this stack's secrets; Pulumi writes it."},
    "encryptionsalt": {"type": "string", "description": "Salt of the passphrase; Pulumi writes it."},
    "encryptedkey": {"type": "string", "description": "Encrypted key of the secrets; Pulumi writes it."},
    "environment": {"type": ["array", "object"], "description": "Pulumi ESC environments that this stack imports."},
}


def stack_schema() -> _Schema:
    """The schema (draft-07, which editors read) of a whole stack file.

    It refuses what the model refuses, as far as a schema can say it; what the rules ask is checked by lint.
    """
    model = Config.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    definitions = {name: with_messages(_plain(schema)) for name, schema in sorted(model["$defs"].items())}
    definitions[StringMatch.__name__] = _string_or_one_way(definitions[StringMatch.__name__])
    definitions |= {each.__name__: _string_or_map(each, definitions[each.__name__]) for each in Short.__subclasses__()}
    for section, what in ((External, WHAT_TO_WRITE), (AccessLogs, LOGS)):
        definitions[section.__name__] = _bool_or_map(definitions[section.__name__], what)
    keys = {
        f"{PROJECT}:{key}": _as_config_value(with_messages(_plain(each))) for key, each in model["properties"].items()
    }
    secrets = {f"{PROJECT}:{key}": _secret(text) for key, text in SECRET_KEYS.items()}
    region = {"type": "string", "description": "AWS region of the cluster, if cluster.eks.region is not set."}
    config: _Schema = {
        "type": "object",
        "description": "The config of this stack.",
        "required": [f"{PROJECT}:{key}" for key in model["required"]],
        "properties": keys | secrets | {"aws:region": region},
        "patternProperties": {_OF_OTHERS: True},
        "additionalProperties": False,
        "errorMessage": f"{PROJECT}:cluster is required; a key is written {PROJECT}:<section>, or is one of a provider",
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Stack file of fairlead",
        "type": "object",
        "required": ["config"],
        "properties": {"config": config, **_BEHIND_CONFIG},
        "additionalProperties": False,
        "definitions": definitions,
    }


def schema_text() -> str:
    """The schema as it is written to a file."""
    return json.dumps(stack_schema(), indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    """A part of the model's schema without what says nothing: made-up titles, and defaults that only repeat types."""
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    schema: _Schema = {}
    for key, part in cast("_Schema", value).items():
        if key == "properties":
            schema[key] = {name: _plain(inner) for name, inner in part.items()}
        elif key != "title" and (key != "default" or isinstance(part, str | int)):
            schema[key] = _plain(part)
    if "description" in schema:
        schema["description"] = " ".join(schema["description"].split())
    if "patternProperties" in schema:
        schema["additionalProperties"] = False
    return _perhaps_nothing(schema)


def _perhaps_nothing(schema: _Schema) -> _Schema:
    """`anyOf` a type and null in one: an editor then says what is wrong with the value, and not with the choice."""
    choices: list[_Schema] = schema.get("anyOf", [])
    if len(choices) != _WITH_NULL or choices[1] != {"type": "null"} or not isinstance(choices[0].get("type"), str):
        return schema
    merged = {key: part for key, part in schema.items() if key != "anyOf"} | choices[0]
    merged["type"] = [merged["type"], "null"]
    return merged | ({"enum": [*merged["enum"], None]} if "enum" in merged else {})


def _string_or_one_way(schema: _Schema) -> _Schema:
    """A plain string stands for an exact match."""
    message = schema["allOf"][0]["anyOf"][0]["errorMessage"]
    exact = {"type": "string", "minLength": 1, "errorMessage": f"write a string in quotes, or {message}"}
    return {"description": schema["description"], "anyOf": [exact, schema]}


def _string_or_map(section: type[Short], schema: _Schema) -> _Schema:
    """A plain string stands for the one key that the section says."""
    plain = schema["properties"][section.plain]
    values = {"enum": [each for each in plain["enum"] if each is not None]} if "enum" in plain else {}
    kept = {key: plain[key] for key in ("pattern", "maxLength", "errorMessage") if key in plain}
    return {"description": schema["description"], "anyOf": [{"type": "string", **values, **kept}, schema]}


def _bool_or_map(schema: _Schema, what: str) -> _Schema:
    """`true` stands for an app of which the labels are not said, and for logs in their usual form."""
    plain = {"type": "boolean", "errorMessage": what}
    return {"description": schema["description"], "anyOf": [plain, schema]}


def _as_config_value(schema: _Schema) -> _Schema:
    """`pulumi config set` writes every plain value as a string."""
    if schema.get("type") != "boolean":
        return schema
    return {key: part for key, part in schema.items() if key != "type"} | {"enum": [True, False, "true", "false"]}


def _secret(description: str) -> _Schema:
    encrypted = {
        "type": "object",
        "required": ["secure"],
        "properties": {"secure": {"type": "string"}},
        "additionalProperties": False,
    }
    return {"description": description, "anyOf": [{"type": "string"}, encrypted]}
