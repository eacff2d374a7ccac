"""Do proxies reach a collector of traces as the stack file says, and with headers that have a value?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.addons.tracing import Tracing
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_PATH: Path = ("addons", Tracing.key)


@config_rule(needs=("addons",))
def collectors_are_asked_as_they_answer(config: Config) -> Iterator[Hit]:
    """The keys of a collector that exists fit each other and its protocol.

    What is sent in another one, or to nobody, is lost without an error: a proxy drops spans that it cannot send.
    """
    tracing = config.addons.of(Tracing)
    if tracing is None:
        return
    otlp, exists = tracing.otlp, not tracing.installed
    if tracing.provider == "opentelemetry" and not exists:
        message = "an OpenTelemetry collector is not installed by this stack"
        yield Hit((*_PATH, "provider"), tracing.provider, message, "write url, or provider: jaeger or tempo")
    if otlp and not exists:
        message = "says how a collector that exists is asked, and without url there is none"
        yield Hit((*_PATH, "otlp"), None, message, "write url, or remove it")
    elif otlp and tracing.provider == "zipkin":
        yield Hit((*_PATH, "otlp"), None, "Zipkin has a protocol of its own", "write provider: opentelemetry")
    if otlp and otlp.path and otlp.protocol == "grpc":
        message = "gRPC has no path of the collector's own"
        yield Hit((*_PATH, "otlp", "path"), otlp.path, message, "remove it, or write protocol: http")
    if otlp and otlp.ca_file and not (tracing.url or "").startswith("https://"):
        message = "is for TLS, which proxies begin where url is https://"
        yield Hit((*_PATH, "otlp", "caFile"), otlp.ca_file, message, "write https:// in url, or remove it")
    if tracing.query_url and (tracing.provider == "opentelemetry" or not exists):
        message = "of an OpenTelemetry collector no traces are read" if exists else "is that of a store that exists"
        remedy = "name the store as provider: jaeger, tempo or zipkin" if exists else "remove it, or write url"
        yield Hit((*_PATH, "queryUrl"), tracing.query_url, message, remedy)


@config_rule(needs=("addons", "istio"))
def headers_of_traces_have_a_value(config: Config) -> Iterator[Hit]:
    """Environment variables of istiod that headers of traces are read from exist.

    istiod sends the header without a value then, and the collector rejects every span.
    """
    tracing, values = config.addons.of(Tracing), config.istio.values.istiod
    otlp = tracing.otlp if tracing else None
    if otlp is None or config.istio.is_shared:
        return
    places = (values, as_map(values.get("pilot")))
    known = {str(each.get("name")) for place in places for each in as_maps(place.get("envVarFrom"))}
    known |= {name for place in places for name in as_map(place.get("env"))}
    for header, variable in otlp.headers_from.items():
        if variable not in known:
            remedy = (
                "write istio.values.istiod.envVarFrom: [{name: ..., valueFrom: {secretKeyRef: {name: ..., key: ...}}}]"
            )
            message = "istiod has no such environment variable"
            yield Hit((*_PATH, "otlp", "headersFrom", header), variable, message, remedy)
