"""Where do traces go, who is told of it, and where are they read?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.addons.tracing import Tracing
from fairlead_mesh.telemetry.labels import TRACED
from tests.fixtures.addon_objects import named, ports, read

pytestmark = pytest.mark.mesh


def test_jaeger_answers_as_tracing_zipkin_and_collector() -> None:
    objects = read(Tracing, serviceType="NodePort").objects()
    assert ports(named(objects, "Service", "tracing")) == {80: 16686, 16685: 16685}
    assert ports(named(objects, "Service", "zipkin")) == {9411: 9411}
    assert ports(named(objects, "Service", "jaeger-collector")) == {4317: 4317, 4318: 4318, 9411: 9411}
    types = {each["metadata"]["name"]: each["spec"]["type"] for each in objects if each["kind"] == "Service"}
    assert types == {"tracing": "NodePort", "zipkin": "ClusterIP", "jaeger-collector": "ClusterIP"}
    [container] = named(objects, "Deployment", "jaeger")["spec"]["template"]["spec"]["containers"]
    assert container["args"][0] == "--set=extensions.jaeger_query.base_path=/jaeger"
    assert container["readinessProbe"]["httpGet"] == {"path": "/status", "port": "health"}


def test_zipkin_answers_as_tracing_and_zipkin() -> None:
    objects = read(Tracing, provider="zipkin", namespace="tracing").objects()
    assert ports(named(objects, "Service", "tracing")) == {80: 9411}
    assert ports(named(objects, "Service", "zipkin")) == {9411: 9411}
    assert len(objects) == 3
    assert {each["metadata"]["namespace"] for each in objects} == {"tracing"}


def test_every_service_of_a_tracing_store_finds_a_port_of_its_container() -> None:
    for provider in ("jaeger", "zipkin"):
        objects = read(Tracing, provider=provider).objects()
        [container] = named(objects, "Deployment", provider)["spec"]["template"]["spec"]["containers"]
        open_ports = {port["containerPort"] for port in container["ports"]}
        targets = {target for each in objects if each["kind"] == "Service" for target in ports(each).values()}
        assert targets <= open_ports


@pytest.mark.parametrize(
    ("keys", "entry"),
    [
        ({}, {"opentelemetry": {"service": "jaeger-collector.istio-system.svc.cluster.local", "port": 4317}}),
        (
            {"provider": "zipkin", "namespace": "tracing"},
            {"zipkin": {"service": "zipkin.tracing.svc.cluster.local", "port": 9411}},
        ),
        (
            {"url": "http://collector.observability:14317"},
            {"opentelemetry": {"service": "collector.observability.svc.cluster.local", "port": 14317}},
        ),
        (
            {"url": "http://collector.observability.svc"},
            {"opentelemetry": {"service": "collector.observability.svc.cluster.local", "port": 4317}},
        ),
        (
            {"url": "http://zipkin/api/v2/spans", "provider": "zipkin"},
            {"zipkin": {"service": "zipkin.istio-system.svc.cluster.local", "port": 9411}},
        ),
        (
            {"url": "http://collector.observability.svc.cluster.local:4317"},
            {"opentelemetry": {"service": "collector.observability.svc.cluster.local", "port": 4317}},
        ),
        (
            {"url": "http://traces.eu.example.com:443"},
            {"opentelemetry": {"service": "traces.eu.example.com", "port": 443}},
        ),
    ],
)
def test_istiod_is_told_of_the_collector_by_the_name_it_knows(keys: dict[str, Any], entry: dict[str, Any]) -> None:
    assert read(Tracing, **keys).extension_providers() == [{"name": TRACED, **entry}]


def test_telemetry_uses_the_provider_in_the_whole_mesh() -> None:
    rendered = read(Tracing, sampling=10).mesh_objects("istio-control")["mesh-tracing"]
    assert rendered["apiVersion"] == "telemetry.istio.io/v1"
    assert rendered["metadata"]["namespace"] == "istio-control"
    assert rendered["spec"] == {"tracing": [{"providers": [{"name": TRACED}], "randomSamplingPercentage": 10}]}


def test_a_collector_that_exists_is_not_installed_again() -> None:
    assert read(Tracing, url="http://collector.observability:4317").objects() == []


def test_traces_are_read_where_they_are_sent_for_zipkin_only() -> None:
    assert read(Tracing, url="http://collector.observability:4317").readable_url is None
    zipkin = "http://zipkin.observability:9411"
    assert read(Tracing, url=zipkin, provider="zipkin").readable_url == zipkin
    assert read(Tracing, provider="zipkin").readable_url == "http://tracing.istio-system:80/zipkin"


def collector_entry(**keys: Any) -> dict[str, Any] | None:
    return read(Tracing, **keys).mesh_objects("istio-system").get("mesh-tracing-collector")


def test_a_collector_outside_the_cluster_is_made_known_to_istiod() -> None:
    entry = collector_entry(url="http://traces.example.com:4317")
    assert entry is not None
    assert entry["spec"]["hosts"] == ["traces.example.com"]
    assert entry["spec"]["ports"] == [{"number": 4317, "name": "grpc-otlp", "protocol": "GRPC"}]


def test_a_collector_that_is_a_service_needs_no_entry() -> None:
    assert collector_entry(url="http://collector.observability:4317") is None
    assert collector_entry() is None


def test_spans_go_to_any_collector_with_its_path_headers_and_detectors() -> None:
    headers = {"headers": {"x-scope-orgid": "mesh"}, "headersFrom": {"authorization": "OTLP_TOKEN"}}
    sent = [{"name": "x-scope-orgid", "value": "mesh"}, {"name": "authorization", "envName": "OTLP_TOKEN"}]
    existing = {"provider": "opentelemetry", "url": "http://otel.observability"}
    [http] = read(Tracing, **existing, otlp={"protocol": "http", "timeout": "5s", **headers}).extension_providers()
    at = {"service": "otel.observability.svc.cluster.local"}
    http_settings = {"path": "/v1/traces", "timeout": "5s", "headers": sent}
    assert http == {"name": TRACED, "opentelemetry": {**at, "port": 4318, "http": http_settings}}
    detectors = {"resourceDetectors": ["environment", "dynatrace"]}
    [grpc] = read(Tracing, **existing, otlp={**headers, **detectors}).extension_providers()
    found = {"grpc": {"initialMetadata": sent}, "resourceDetectors": {"environment": {}, "dynatrace": {}}}
    assert grpc == {"name": TRACED, "opentelemetry": {**at, "port": 4317, **found}}
    [plain] = read(Tracing, **existing).extension_providers()
    assert plain == {"name": TRACED, "opentelemetry": {**at, "port": 4317}}


def test_proxies_begin_the_tls_of_a_collector_outside() -> None:
    outside = {"provider": "opentelemetry", "url": "https://otel.example.com", "otlp": {"caFile": "/etc/otel/ca.crt"}}
    objects = read(Tracing, **outside).mesh_objects("istio-system")
    entry, rule = objects["mesh-tracing-collector"], objects["mesh-tracing-tls"]
    # Of a port with the protocol HTTPS Envoy would make no HTTP/2, which gRPC needs.
    assert entry["spec"]["ports"] == [{"number": 443, "name": "grpc-otlp", "protocol": "GRPC"}]
    tls = {"mode": "SIMPLE", "sni": "otel.example.com", "caCertificates": "/etc/otel/ca.crt"}
    assert rule["spec"] == {
        "host": "otel.example.com",
        "trafficPolicy": {"portLevelSettings": [{"port": {"number": 443}, "tls": tls}]},
    }
    inside = read(Tracing, url="https://otel.observability:4317").mesh_objects("istio-system")
    assert inside.keys() == {"mesh-tracing", "mesh-tracing-tls"}
    assert inside["mesh-tracing-tls"]["spec"]["host"] == "otel.observability.svc.cluster.local"


def test_traces_of_a_store_that_exists_are_read_where_the_stack_file_says() -> None:
    query = "http://jaeger-query.observability:16686/jaeger"
    assert read(Tracing, url="http://otel.observability:4317", queryUrl=query).readable_url == query
