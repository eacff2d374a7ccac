"""Is every wrong value of every key told in words of our own, with what to write in its place?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from fairlead.reference.type_words import sections_in
from fairlead_mesh.cluster import TWO_FORMS
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Finding
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.shape import shape_findings

pytestmark = pytest.mark.mesh

VALUES: list[Any] = [
    *(
        None,
        True,
        False,
        "",
        "x y",
        "80",
        "80%",
        "yes",
        "STRICT",
        "- a",
        "{a: b}",
        "\u201ca\u201d",
        -1,
        0,
        80,
        10**30,
        1.5,
    ),
    *([], ["a"], [{"a": 1}], [80], [None], [[]], {}, {"a": 1}, {"-a": 1}, {"a": {"b": 1}}, {"name": "a"}, {"": ""}),
]
PYDANTICS = ("should", "value error", "valid", "literal", "dictionary", "boolean", "integer", "pattern", "constraint")


def all_sections(section: type[Section]) -> Iterator[type[Section]]:
    yield section
    for field in section.model_fields.values():
        for inner in sections_in(field.annotation):
            yield from all_sections(inner)


SECTIONS = list(dict.fromkeys(all_sections(Config)))


def findings(raw: dict[str, Any], model: type[BaseModel] = Config) -> list[Finding]:
    try:
        model.model_validate(raw)
    except ValidationError as error:
        return shape_findings(error, model)
    return []


def said(raw: dict[str, Any]) -> list[str]:
    return [finding.message for finding in findings({"cluster": {"kubeconfig": {"context": "kind"}}, **raw})]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_no_wrong_value_of_any_key_is_told_in_words_of_pydantics(section: type[Section]) -> None:
    for field in section.model_fields.values():
        for value in VALUES:
            for finding in findings({str(field.alias): value}, section):
                words = finding.message.lower().replace("invalid_argument", "")  # a status of gRPC
                assert not any(word in words for word in PYDANTICS), (field.alias, value, finding.message)
                assert "\n" not in words


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"cluster": "mesh-dev"}, [TWO_FORMS]),
        ({"cluster": {"eks": "mesh-dev"}}, ["write a map of keys and values: {name: mesh-dev}"]),
        ({"cluster": {"context": "kind"}}, ["no such key here; did you mean cluster.kubeconfig.context?"]),
        ({"cluster": {"name": "dev"}}, ["no such key here; did you mean cluster.eks.name?"]),
        ({"cluster": {"kubeconfig": "context:kind"}}, ["write a space after the colon: context: kind"]),
        ({"wait": "yes"}, ["write true or false (here true)"]),
        ({"wait": "Off"}, ["write true or false (here false)"]),
        ({"wait": "maybe"}, ["write true or false"]),
        ({"wait": None}, ["is left empty; write true or false, or remove the key"]),
        ({"gateways": None}, ["is left empty; write a list, one item per line after '- ', or remove the key"]),
        ({"gateways": {"edge": {"expose": "internal"}}}, ["write a list, each item with its name: - name: edge"]),
        ({"gateways": {"name": "edge"}}, ["write a list, one item per line after '- ': put '- ' before its first key"]),
        ({"gateways": {"-name": "a"}}, ["write a list, one item per line after '- '; add a space after the '-'"]),
        ({"gateways": "- name: a\n"}, ["this is a text; remove the | or the quotes before the list"]),
        ({"istio": "mtls: strict\n"}, ["this is a text; remove the | or the quotes before the keys"]),
        ({"istio": [{"mtls": "strict"}]}, ["write a map of keys and values, without '- '"]),
        ({"addons": ["kiali"]}, ["write a map of keys and values: kiali: {}"]),
        ({"addons": {"prometheus": True}}, ["write a map of keys and values: {} uses the defaults"]),
        ({"addons": {"jaeger": {}}}, ["no such key; did you mean tracing: {provider: jaeger}?"]),
        ({"mtls": "strict"}, ["no such key here; did you mean istio.mtls?"]),
        ({"istio": {"gateways": []}}, ["no such key here; did you mean gateways?"]),
        ({"istio": {"access_logs": True}}, ["no such key; did you mean accessLogs?"]),
        ({"istio": {"MTLS": "strict"}}, ["no such key; did you mean mtls?"]),
        ({"istio": {"mtls": "STRICT"}}, ["write strict, permissive or disabled; did you mean strict?"]),
        ({"istio": {"replicas": "2"}}, ["write a whole number without quotes: 2"]),
        ({"istio": {"replicas": 2.0}}, ["write a whole number: 2"]),
        ({"istio": {"autoscaling": {"min": 1, "max": 2, "cpu": "80%"}}}, ["write a whole number without a unit: 80"]),
        ({"namespaces": ["hello"]}, ["write a map of keys and values: {name: hello}"]),
        ({"objects": "manifests"}, ["write a list: [manifests]"]),
        (
            {"fairlead": {"wait": True}},
            ["no such key; write each key as one word with its section, such as fairlead:gateways"],
        ),
        (
            {"cluster.kubeconfig.context": "kind"},
            [
                "no such key: this is a path; nest the keys below cluster, or set it with "
                "`pulumi config set --path fairlead:cluster.kubeconfig.context`"
            ],
        ),
        (
            {"gateways": [{"name": "\u201cedge\u201d"}]},
            [
                "write lower-case letters, digits and '-', at most 63, such as istio-ingress"
                "; YAML knows only straight quotes"
            ],
        ),
    ],
)
def test_what_newcomers_type_is_answered_with_what_to_write(raw: dict[str, Any], expected: list[str]) -> None:
    assert said(raw) == expected


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("access_logs", "accessLogs"),
        ("ACCESSLOGS", "accessLogs"),
        ("access-logs", "accessLogs"),
        ("acessLogs", "accessLogs"),
        ("replica", "replicas"),
        ("xyz", None),
        ("", None),
    ],
)
def test_the_nearest_word_is_found_however_it_is_cased_and_joined(word: str, meant: str | None) -> None:
    assert nearest(word, ["accessLogs", "replicas", "resources"]) == meant
