"""Do the TLS settings of two proxies clash, and whose tokens does one check? What their configuration says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fairlead.verify.causes.route_causes import in_words
from fairlead.verify.envoy.envoy_config import origin_in_words
from fairlead.verify.envoy.envoy_listeners import PLAIN, TLS
from fairlead_mesh.model.objects.yaml_values import as_map


def tls_cause(client: str, cluster: Mapping[str, Any], server: str, port: int, takes: set[str] | None) -> str:
    """Why a connection between two proxies cannot come about; empty where they agree. `takes` is None for a server
    without a proxy."""
    spoken, name = speaks(cluster), in_words(str(cluster.get("name")))
    by = f" (by {origin})" if (origin := cluster_origin(cluster)) else ""
    sends = f"the proxy of {client} sends {spoken} to {name}{by}"
    if spoken == PLAIN and takes == {TLS}:
        return f"{sends}, and {server} accepts mTLS only on port {port}"
    if spoken == TLS and takes == {PLAIN}:
        return f"{sends}, and {server} accepts plain text only on port {port}"
    if spoken == TLS and takes is None:
        return f"{sends}, and {server} has no sidecar"
    return ""


def failed_connections(client: str, address: str, server: str, number: int) -> str:
    """A port that is closed on the way, or where nobody listens. Envoy counts them since the address is known."""
    many = "a connection" if number == 1 else f"{number} connections"
    return (
        f"{many} of the proxy of {client} to {address} of {server} failed: is the port open, and does the app listen?"
    )


def token_causes(workload: str, issuers: Sequence[str], *, should: bool) -> Iterator[str]:
    """Why a token is rejected, or is not: `should` says that it has to be, and is not."""
    if not should and issuers:
        yield f"the proxy of {workload} checks tokens, and takes those of {' and '.join(issuers)}"
    elif should and not issuers:
        yield f"the proxy of {workload} checks no tokens: no RequestAuthentication applies to it"
    elif should:
        yield f"the proxy of {workload} takes tokens of {' and '.join(issuers)}"


def speaks(cluster: Mapping[str, Any]) -> str:
    """What a proxy sends to a cluster, `TLS` or `plain text`; empty where each endpoint says which, as with Istio's
    automatic mTLS."""
    if cluster.get("transport_socket_matches"):
        return ""
    return TLS if cluster.get("transport_socket") else PLAIN


def cluster_origin(cluster: Mapping[str, Any]) -> str:
    """The DestinationRule that istiod made it from; empty where none is for it."""
    istio = as_map(as_map(as_map(cluster.get("metadata")).get("filter_metadata")).get("istio"))
    return origin_in_words(str(istio.get("config") or ""))
