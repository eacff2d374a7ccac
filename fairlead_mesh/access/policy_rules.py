"""Which requests does a client of `callers` or `deny` mean? As one rule of an AuthorizationPolicy."""

from __future__ import annotations

from typing import Any

from fairlead_mesh.access.client import EVERYBODY, Client
from fairlead_mesh.access.identities import Identities
from fairlead_mesh.keys.section import given


def policy_rule(client: Client, known: Identities) -> dict[str, Any] | None:
    """The rule; `{}` is every request, and None a client that nobody knows."""
    source = _source(client, known)
    if source is None:
        return None
    ports = [str(port) for port in client.ports]
    operation = given(methods=client.methods, paths=client.paths, ports=ports)
    headers = [*client.headers.items(), *([(known.user_header, client.user)] if client.user else [])]
    conditions = [{"key": f"request.headers[{name}]", "values": values} for name, values in headers]
    conditions += [
        {"key": f"request.auth.claims{_bracketed(name)}", "values": each} for name, each in client.claims.items()
    ]
    return given(
        **{"from": [{"source": source}] if source else None},
        to=[{"operation": operation}] if operation else None,
        when=conditions,
    )


def _source(client: Client, known: Identities) -> dict[str, Any] | None:
    """Whom it means; None where nobody knows as whom they run."""
    principals: list[str] | None = None
    if client.app and client.app != EVERYBODY:
        principals = known.principals(known.apps.get(client.app))
    elif client.gateway:
        principals = known.principals(known.gateways.get(client.gateway))
    elif client.service_account:
        principals = [known.principal(*client.service_account.split("/"))]
    if principals == []:
        return None
    blocks = [client.cidr] if client.cidr else []
    return given(
        principals=principals,
        namespaces=[client.namespace] if client.namespace else None,
        ipBlocks=blocks if not client.gateway else None,
        # What the connection of a gateway has is the gateway's own address.
        remoteIpBlocks=blocks if client.gateway else None,
    )


def _bracketed(name: str) -> str:
    """`realm_access[roles]` is the claim roles in the claim realm_access; a dot is a part of a name."""
    first, bracket, inner = name.partition("[")
    return f"[{first}]{bracket}{inner}"
