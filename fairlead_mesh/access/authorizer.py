"""Who decides on requests outside the proxy? External authorization: providers of the mesh, and who asks one."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from fairlead_mesh.access.client import PolicyPath
from fairlead_mesh.keys.scalars import DnsLabel, Duration, HeaderName, Hostname, PortNumber, UrlPath
from fairlead_mesh.keys.section import Section, given
from fairlead_mesh.keys.short import Short


class Authorizer(Section):
    """A service that Envoy asks whether a request is allowed: an extension provider of the mesh."""

    name: DnsLabel
    """Name, by which `authorizer` of an app means it."""
    service: Hostname
    """Full name of its Service, such as opa.opa.svc.cluster.local."""
    port: PortNumber
    """Port of the Service."""
    protocol: Literal["grpc", "http"] = "grpc"
    """Whether it has Envoy's gRPC API or answers plain HTTP: 200 allows a request."""
    timeout: Duration = "1s"
    """How long a request waits for it."""
    fail_open: bool = False
    """Whether requests are allowed while it cannot be reached; otherwise they get 403."""
    path_prefix: UrlPath | None = None
    """With http: what is put before the path of the request."""
    headers: list[HeaderName] = Field(default_factory=list[str])
    """With http: headers of the request that it gets, such as authorization."""
    headers_to_app: list[HeaderName] = Field(default_factory=list[str])
    """With http: headers of its answer that the app gets."""


class AskedAuthorizer(Short):
    """Which requests to an app an authorizer decides on; a plain string is its name, for every request."""

    plain: ClassVar[str] = "name"

    name: DnsLabel
    """One of `istio.authorizers`, or of `istio.meshConfig.extensionProviders`."""
    paths: list[PolicyPath] = Field(default_factory=list[str])
    """Paths, such as /admin/*; defaults to every one."""
    except_paths: list[PolicyPath] = Field(default_factory=list[str])
    """Paths that are left out, such as /health."""


def authorizer_provider(authorizer: Authorizer) -> dict[str, Any]:
    """The extension provider."""
    shared = {
        "service": authorizer.service,
        "port": authorizer.port,
        "timeout": authorizer.timeout,
        "failOpen": authorizer.fail_open,
    }
    if authorizer.protocol == "grpc":
        return {"name": authorizer.name, "envoyExtAuthzGrpc": shared}
    of_http = given(
        pathPrefix=authorizer.path_prefix,
        includeRequestHeadersInCheck=authorizer.headers,
        headersToUpstreamOnAllow=authorizer.headers_to_app,
    )
    return {"name": authorizer.name, "envoyExtAuthzHttp": shared | of_http}


def asked_rules(asked: AskedAuthorizer) -> list[dict[str, Any]]:
    """The rules of the CUSTOM policy."""
    operation = given(paths=asked.paths, notPaths=asked.except_paths)
    return [given(to=[{"operation": operation}] if operation else None)]
