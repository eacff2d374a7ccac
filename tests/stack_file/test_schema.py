"""Does an editor complete and check a stack file as the program reads it?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from fairlead.reference.schema import SCHEMA_PATH, schema_text, stack_schema
from fairlead_mesh.config import SECRET_KEYS, Config
from fairlead_mesh.findings import ConfigError, Finding
from fairlead_mesh.keys.key_words import key_words
from fairlead_mesh.stack import well_formed
from tests.fixtures.checkout import PROGRAM, TESTS

pytestmark = pytest.mark.mesh

SHIPPED = sorted([*PROGRAM.glob("Pulumi.*.yaml"), *PROGRAM.glob("examples/*.yaml")])
CLUSTER = {"kubeconfig": {"context": "kind"}}
APP = {"name": "shop", "port": 80}


def load(path: Path) -> Any:
    """As JSON has it, where every key is a text."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")), default=str))


GOOD_FILES = sorted((TESTS / "good").glob("*.yaml"))
BAD_FILES = sorted((TESTS / "bad").glob("*.yaml"))
BEYOND_A_SCHEMA = {
    "is above max": "no keyword compares two values",
    "has bits set behind its prefix length": "no pattern can tell which bits a prefix leaves",
    "write 10.0.0.0/16": "nor how a network is spelt the shortest",
    "write 2001:db8::/32": "nor how a network is spelt the shortest",
    "RE2": "no pattern tells whether another is one",
}
"""What a finding of shape says -> why the schema cannot say it."""


def stack_file(**keys: Any) -> dict[str, Any]:
    return {"config": {"fairlead:cluster": CLUSTER} | {f"fairlead:{key}": value for key, value in keys.items()}}


def routed(match: dict[str, Any]) -> dict[str, Any]:
    return stack_file(apps=[APP | {"routes": [{"match": [match]}]}])


def project_keys() -> dict[str, dict[str, Any]]:
    keys = load(PROGRAM / "Pulumi.yaml")["config"]
    return {key.removeprefix("fairlead:"): value for key, value in keys.items() if key.startswith("fairlead:")}


@pytest.fixture(scope="module", name="schema")
def _schema() -> jsonschema.Draft7Validator:
    jsonschema.Draft7Validator.check_schema(stack_schema())
    return jsonschema.Draft7Validator(stack_schema())


@pytest.mark.parametrize("path", [*SHIPPED, *GOOD_FILES], ids=lambda path: path.name)
def test_every_stack_file_that_is_right_fits_the_schema(schema: jsonschema.Draft7Validator, path: Path) -> None:
    schema.validate(load(path))


def test_the_stack_file_of_the_readme_fits_the_schema(schema: jsonschema.Draft7Validator) -> None:
    readme = (PROGRAM / "README.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    schema.validate(YAML(typ="safe", pure=True).load(shown))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_stack_file_names_the_schema_for_editors(path: Path) -> None:
    modeline = path.read_text(encoding="utf-8").splitlines()[0]
    reference = modeline.removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / reference).resolve() == PROGRAM / SCHEMA_PATH


def shape_of(path: Path) -> list[Finding]:
    """What is wrong with the shape of a stack file, by the model."""
    keys = {key.removeprefix("fairlead:"): value for key, value in load(path)["config"].items()}
    try:
        well_formed(keys)
    except ConfigError as error:
        return [finding for finding in error.findings if finding.rule == "shape"]
    return []


@pytest.mark.parametrize("path", [path for path in BAD_FILES if shape_of(path)], ids=lambda path: path.name)
def test_the_schema_refuses_what_the_model_refuses_at_the_same_place(
    schema: jsonschema.Draft7Validator, path: Path
) -> None:
    refused = {tuple(place) for error in schema.iter_errors(load(path)) for place in places(error)}
    for finding in shape_of(path):
        known = any(words in finding.message for words in BEYOND_A_SCHEMA)
        at = ("config", f"fairlead:{finding.path[0]}", *finding.path[1:])
        near = (place for place in refused if len(place) >= len(at) - 1)
        assert known or any(at[: len(place)] == place or place[: len(at)] == at for place in near), finding


def places(error: jsonschema.ValidationError) -> Iterator[list[str | int]]:
    """Where the error is, and where the errors are that it consists of."""
    yield list(error.absolute_path)
    for inner in error.context or ():
        yield from places(inner)


GOOD = {
    "a cluster alone": stack_file(),
    "a string for an exact match": routed({"headers": {"end-user": "jason"}, "uri": {"prefix": "/api"}}),
    "a boolean as `pulumi config set` writes it": stack_file(wait="false"),
    "an encrypted password": stack_file(grafanaAdminPassword={"secure": "v1:abc"}),
    "a plain password": stack_file(grafanaAdminPassword="hunter2"),
    "an addon that says nothing": stack_file(addons={"prometheus": {}, "kiali": None}),
    "free chart values": stack_file(istio={"values": {"istiod": {"pilot": {"env": {"A": "b"}}}}}),
    "keys of other namespaces": {"config": {"fairlead:cluster": CLUSTER, "aws:region": "eu-west-1", "other:x": [1]}},
    "what Pulumi adds": {**stack_file(), "encryptionsalt": "v1:abc", "environment": ["dev"]},
}

BAD = {
    "both clusters": {"config": {"fairlead:cluster": CLUSTER | {"eks": {"name": "a"}}}},
    "a cluster of no kind": {"config": {"fairlead:cluster": {"version": "1.34"}}},
    "a cluster that is left empty": {"config": {"fairlead:cluster": {"eks": None}}},
    "a near miss of the project's name": {"config": {"fairlead:cluster": CLUSTER, "fairled:gateways": []}},
    "the project's name in capitals": {"config": {"fairlead:cluster": CLUSTER, "Fairlead:wait": True}},
    "replicas with autoscaling": stack_file(istio={"replicas": 2, "autoscaling": {"min": 1, "max": 2}}),
    "replicas of 23 digits": stack_file(istio={"replicas": 10**22}),
    "charts from two places": stack_file(istio={"charts": {"path": "a", "oci": "oci://a/b"}}),
    "a redirect with weights": stack_file(
        apps=[APP | {"routes": [{"redirect": {"uri": "/a"}, "weights": {"v1": 100}}]}]
    ),
    "a rewrite of nothing": stack_file(apps=[APP | {"routes": [{"rewrite": {}}]}]),
    "a version of both kinds": stack_file(
        apps=[APP | {"versions": [{"name": "a", "labels": {"a": "b"}, "service": "c"}]}]
    ),
    "a gateway named mesh": stack_file(gateways=[{"name": "mesh"}]),
    "a name of 54 characters for a gateway": stack_file(gateways=[{"name": "a" * 54}]),
    "a share of 101 %": stack_file(gateways=[{"name": "a", "podDisruptionBudget": {"minAvailable": "101%"}}]),
    "no config": {},
    "no cluster": {"config": {"fairlead:wait": True}},
    "an unknown key": stack_file(gateway=[]),
    "an unknown key of a section": stack_file(istio={"versions": "1.30.3"}),
    "an unknown key deep inside": stack_file(gateways=[{"name": "in", "loadBalancer": {"tls": {"cert": "a"}}}]),
    "a key beside config": {**stack_file(), "confg": {}},
    "a key without a namespace": {"config": {"fairlead:cluster": CLUSTER, "istio": {}}},
    "a snake_case key": stack_file(istio={"access_logs": True}),
    "a wrong type": stack_file(apps=[APP | {"port": "80"}]),
    "a number out of range": stack_file(apps=[APP | {"port": 65536}]),
    "an unknown word": stack_file(securityRules="sometimes"),
    "a match in two ways": routed({"uri": {"exact": "/a", "prefix": "/b"}}),
    "a match that says nothing": routed({"uri": {}}),
    "an upper-case header": routed({"headers": {"End-User": "jason"}}),
    "a secret inside a section": stack_file(istio={"hub": {"secure": "v1:abc"}}),
}


@pytest.mark.parametrize("document", GOOD.values(), ids=GOOD)
def test_what_the_program_reads_fits_the_schema(schema: jsonschema.Draft7Validator, document: dict[str, Any]) -> None:
    schema.validate(document)


@pytest.mark.parametrize("document", BAD.values(), ids=BAD)
def test_what_the_program_refuses_does_not_fit(schema: jsonschema.Draft7Validator, document: dict[str, Any]) -> None:
    assert not schema.is_valid(document)


def test_every_part_that_can_be_wrong_has_a_message_for_editors() -> None:
    def parts(schema: Any) -> Iterator[dict[str, Any]]:
        if isinstance(schema, dict):
            yield schema
            for key, inner in schema.items():
                if key in ("properties", "patternProperties", "definitions"):
                    yield from (part for each in inner.values() for part in parts(each))
                elif key not in ("enum", "default", "required"):
                    yield from parts(inner)
        elif isinstance(schema, list):
            yield from (part for each in schema for part in parts(each))

    limits = {"pattern", "enum", "required", "properties", "minimum", "minLength"}
    schema = stack_schema()
    config = schema["properties"]["config"]
    own = {key: part for key, part in config["properties"].items() if key.startswith("fairlead:")}
    secret = {f"fairlead:{key}" for key in SECRET_KEYS}
    silent = [
        part
        for part in parts({"definitions": schema["definitions"], "properties": own})
        if limits & part.keys() and part.keys() & {"type", "enum"} and "errorMessage" not in part
    ]
    inside = [part for key in secret for part in parts(own[key])]
    assert [part for part in silent if part not in inside and part != {"enum": [None, {}, []]}] == []


def test_every_key_at_every_depth_is_described() -> None:
    schema = stack_schema()
    sections = {"config": schema["properties"]["config"], **schema["definitions"]}
    for name, section in sections.items():
        properties = next((choice for choice in section.get("anyOf", []) if "properties" in choice), section)
        for key, described in properties["properties"].items():
            target = schema["definitions"].get(described.get("$ref", "").rpartition("/")[2], {})
            assert described.get("description") or target.get("description"), f"{name}.{key}"


def test_the_schema_in_docs_is_up_to_date() -> None:
    written = (PROGRAM / SCHEMA_PATH).read_text(encoding="utf-8")
    assert written == schema_text(), "run: make docs"


def test_pulumi_yaml_declares_every_key_in_the_words_of_the_model() -> None:
    described = {key: value["description"] for key, value in project_keys().items()}
    words = key_words(Config)
    model = {str(field.alias): " ".join(words[name].split()) for name, field in Config.model_fields.items()}
    assert described == model | SECRET_KEYS


def test_pulumi_yaml_defaults_every_key_but_the_required_to_what_the_model_does() -> None:
    defaults = {key: value["default"] for key, value in project_keys().items() if "default" in value}
    assert set(project_keys()) - set(defaults) == {"cluster"}
    assert all(defaults.pop(key) == "" for key in SECRET_KEYS)
    assert Config.model_validate({"cluster": CLUSTER, **defaults}) == Config.model_validate({"cluster": CLUSTER})


def test_no_default_provider_is_ever_made() -> None:
    keys = load(PROGRAM / "Pulumi.yaml")["config"]
    assert keys["pulumi:disable-default-providers"] == {"value": ["*"]}
