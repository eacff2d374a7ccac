"""What may pods of the mesh call, and who decides? What `istio` says of access for the whole mesh."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from fairlead_mesh.access.authorizer import Authorizer
from fairlead_mesh.keys.section import Section

DefaultDeny = Literal["enforce", "dryRun"]


class MeshAccess(Section):
    """Access in the whole mesh."""

    outbound_traffic: Literal["REGISTRY_ONLY", "ALLOW_ANY"] | None = None
    """Whether pods of the mesh reach hosts that nothing declares: REGISTRY_ONLY sends such requests nowhere, so that
    only what `egress` lists is reached; defaults to Istio's own, ALLOW_ANY."""
    default_deny: DefaultDeny | None = None
    """Whether requests to every pod of the mesh are denied unless `callers` of an app, or another policy, allow them:
    enforce, or dryRun to have proxies only log what they would deny. Gateways stay open."""
    authorizers: list[Authorizer] = Field(default_factory=list[Authorizer])
    """External authorization: services that proxies ask whether a request is allowed."""
