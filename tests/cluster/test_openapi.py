"""Which lists does a cluster merge item by item? Its OpenAPI documents are read, and few of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.openapi import Schemas, Shape

pytestmark = pytest.mark.mesh

KIND = {"x-kubernetes-group-version-kind": [{"group": "apps", "version": "v1", "kind": "Deployment"}]}
PORT = {"type": "object", "properties": {"containerPort": {"type": "integer"}, "protocol": {"default": "TCP"}}}
PORTS = {
    "type": "array",
    "items": {"allOf": [{"$ref": "#/components/schemas/Port"}], "default": {}},
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["containerPort", "protocol"],
    "x-kubernetes-patch-merge-key": "containerPort",
}
MOUNTS = {"type": "array", "items": {"type": "object"}, "x-kubernetes-patch-merge-key": "mountPath"}
SPEC = {"properties": {"ports": PORTS, "mounts": MOUNTS, "args": {"type": "array"}, "tags": {}}}
SPEC["properties"]["tags"] = {"type": "array", "x-kubernetes-list-type": "set"}
SCHEMAS = {
    "Deployment": {**KIND, "properties": {"spec": {"allOf": [{"$ref": "#/components/schemas/Spec"}]}}},
    "Spec": SPEC,
    "Port": PORT,
}


class Server:
    """Serves these documents, refuses those that are an error, and keeps what it was asked for."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self.documents, self.asked = documents, list[str]()

    def __call__(self, path: str) -> Any:
        self.asked.append(path)
        answer = self.documents.get(path)
        if isinstance(answer, Exception):
            raise answer
        return answer


def spec_of(schemas: Schemas) -> Shape:
    return schemas.shape("apps/v1", "Deployment").field("spec")


@pytest.mark.parametrize(
    "documents",
    [
        {"/openapi/v3/apis/apps/v1": {"components": {"schemas": SCHEMAS}}},
        {"/openapi/v2": {"definitions": SCHEMAS}},
        {"/openapi/v3/apis/apps/v1": RefusedError(403, "forbidden"), "/openapi/v2": {"definitions": SCHEMAS}},
    ],
    ids=["v3", "v2", "v2 instead of v3"],
)
def test_the_keys_are_those_of_the_document(documents: Mapping[str, Any]) -> None:
    spec = spec_of(Schemas(Server(documents)))
    assert spec.field("ports").keys([{"containerPort": 53}, {"containerPort": 53, "protocol": "UDP"}]) == [
        ("53", "TCP"),
        ("53", "UDP"),
    ]
    assert spec.field("mounts").keys([{"mountPath": "/a", "name": "x"}, {"mountPath": "/b", "name": "x"}]) == [
        ("/a",),
        ("/b",),
    ]
    assert spec.field("args").keys([{"name": "a"}]) is None
    assert spec.field("tags").is_set
    assert not spec.field("args").is_set


def test_each_document_is_asked_for_once_and_no_other() -> None:
    server = Server({"/openapi/v3/apis/apps/v1": {"components": {"schemas": SCHEMAS}}})
    schemas = Schemas(server)
    for _ in range(3):
        assert spec_of(schemas).served
    assert server.asked == ["/openapi/v3/apis/apps/v1"]
    assert schemas.unserved == {}


def test_of_the_core_group_the_path_is_another() -> None:
    server = Server({})
    Schemas(server).shape("v1", "Service")
    assert server.asked == ["/openapi/v3/api/v1", "/openapi/v2"]


def test_what_is_not_served_is_said_and_kubernetes_own_keys_are_taken() -> None:
    refused = RefusedError(403, "forbidden: nobody may read it")
    schemas = Schemas(Server({"/openapi/v3/apis/apps/v1": refused}))
    spec = spec_of(schemas)
    assert not spec.served
    assert schemas.unserved == {"apps/v1": "forbidden: nobody may read it"}
    assert spec.field("volumeMounts").keys([{"mountPath": "/a"}, {"mountPath": "/b"}]) == [("/a",), ("/b",)]
    assert spec.field("ports").keys([{"port": 53}, {"port": 53, "protocol": "UDP"}]) == [("53", "TCP"), ("53", "UDP")]
    assert spec.field("tolerations").keys([{"key": "a"}]) is None


def test_a_kind_that_its_document_lacks_is_said() -> None:
    schemas = Schemas(Server({"/openapi/v3/apis/apps/v1": {"components": {"schemas": SCHEMAS}}}))
    assert not schemas.shape("apps/v1", "Unheard").served
    assert schemas.unserved == {"apps/v1": "its OpenAPI document has no Unheard"}


def test_items_that_cannot_be_told_apart_are_one_value() -> None:
    ports = spec_of(Schemas(Server({"/openapi/v2": {"definitions": SCHEMAS}}))).field("ports")
    assert ports.keys([{"containerPort": 53}, {"containerPort": 53, "protocol": "TCP"}]) is None
    assert ports.keys([{"name": "no number"}]) is None
    assert ports.keys([]) == []


@pytest.mark.parametrize("document", [{"components": 1}, {"components": {"schemas": {"A": 1, "B": {}}}}, {"x": []}])
def test_no_form_of_a_document_breaks_it(document: Mapping[str, Any]) -> None:
    shape = Schemas(Server({"/openapi/v3/apis/apps/v1": document})).shape("apps/v1", "Deployment")
    assert shape.field("spec").item().field("x").keys([{}]) is None
