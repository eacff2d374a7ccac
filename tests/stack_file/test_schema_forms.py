"""Do editors and schemastore.org get the schema of stack files in a form that they take?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from fairlead.reference.schema import schema_text
from fairlead.reference.schema_forms import STORE_ID, store_schema_text
from tests.fixtures.checkout import PROGRAM, TESTS

pytestmark = pytest.mark.mesh

Command = Callable[..., tuple[int, str, str]]
STANDARD = {
    *("$id", "$ref", "$schema", "additionalProperties", "allOf", "anyOf", "const", "default", "definitions"),
    *("description", "else", "enum", "exclusiveMinimum", "format", "if", "items", "maxItems", "maxLength", "maximum"),
    *(
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "not",
        "oneOf",
        "pattern",
        "patternProperties",
        "properties",
    ),
    *("propertyNames", "required", "then", "title", "type", "uniqueItems", "maxProperties", "exclusiveMaximum"),
}
OF_NAMES = {"properties", "definitions", "patternProperties"}


def keywords(schema: Any, *, names: bool = False) -> Iterator[str]:
    """Every keyword, those of names left out."""
    if isinstance(schema, list):
        for each in schema:  # pyright: ignore[reportUnknownVariableType]
            yield from keywords(each)
    elif isinstance(schema, dict):
        for key, each in schema.items():  # pyright: ignore[reportUnknownVariableType]
            if not names:
                yield str(key)  # pyright: ignore[reportUnknownArgumentType]
            if key not in ("enum", "default", "const", "required"):
                yield from keywords(each, names=key in OF_NAMES and not names)


def test_the_stores_form_has_an_address_and_words_of_the_standard_alone(command: Command) -> None:
    code, out, _ = command("schema", "--schemastore")
    assert (code, out) == (0, store_schema_text())
    schema = json.loads(out)
    assert list(schema)[:2] == ["$schema", "$id"]
    assert (schema["$schema"], schema["$id"]) == ("http://json-schema.org/draft-07/schema#", STORE_ID)
    assert set(keywords(schema)) - STANDARD == set()
    assert "errorMessage" in schema_text()
    jsonschema.Draft7Validator.check_schema(schema)


@pytest.mark.scale
def test_it_accepts_and_rejects_the_same_files() -> None:
    store = jsonschema.Draft7Validator(json.loads(store_schema_text()))
    ours = jsonschema.Draft7Validator(json.loads(schema_text()))
    yaml = YAML(typ="safe", pure=True)
    files = [*PROGRAM.glob("Pulumi.*.yaml"), *sorted((TESTS / "bad").glob("*.yaml"))[:60]]
    for path in files:
        document = json.loads(json.dumps(yaml.load(path.read_text(encoding="utf-8")), default=str))
        assert store.is_valid(document) == ours.is_valid(document), path.name


def test_the_line_for_editors_names_a_file_that_exists(command: Command, tmp_path: Path) -> None:
    code, line, _ = command("schema", "--print-modeline")
    assert code == 0
    shipped = Path(line.strip().removeprefix("# yaml-language-server: $schema="))
    assert shipped.read_text(encoding="utf-8") == schema_text()
    own = tmp_path / "schema.json"
    code, line, _ = command("schema", "--print-modeline", "--out", str(own))
    assert (code, line.strip()) == (0, f"# yaml-language-server: $schema={own.as_posix()}")
    assert own.read_text(encoding="utf-8") == schema_text()
