"""Who may call an app, and as whom is it known? Its keys of access."""

from __future__ import annotations

from pydantic import Field

from fairlead_mesh.access.authorizer import AskedAuthorizer
from fairlead_mesh.access.client import Client
from fairlead_mesh.access.jwt import Jwt
from fairlead_mesh.access.workload_mtls import WorkloadMtls
from fairlead_mesh.keys.scalars import DnsLabel
from fairlead_mesh.keys.section import Section
from fairlead_mesh.limits.rate_limit import RateLimit
from fairlead_mesh.telemetry.access_logs import AccessLogsOrBool
from fairlead_mesh.telemetry.labels import AppTelemetry


class AppAccess(Section):
    """What the pods of an app ask of their clients."""

    service_account: DnsLabel | None = None
    """Service account of its pods, by which `callers` of other apps know it; defaults to that of the pods that this
    stack declares."""
    callers: list[Client] = Field(default_factory=list[Client])
    """Who may call it, such as `[orders, {gateway: istio-ingress, paths: [/pay/*]}]`; nobody else may then. Defaults to
    everybody, unless its namespace or the mesh has `defaultDeny`."""
    deny: list[Client] = Field(default_factory=list[Client])
    """Who may not call it, whatever `callers` says."""
    calls: list[DnsLabel] = Field(default_factory=list[str])
    """Apps of this stack that it calls, and hosts of `egress`: its proxies know these and nothing else, and it is among
    the `callers` of each, which then denies others."""
    authorizer: AskedAuthorizer | None = None
    """External authorization: which of `istio.authorizers` decides on requests, and on which."""
    rate_limits: list[RateLimit] = Field(default_factory=list[RateLimit])
    """How many requests each of its pods takes, or all of them together, by path, header or client."""
    dry_run: bool = False
    """Whether its proxies only log what they would reject by `callers`, by `deny` and for want of a token."""
    jwt: Jwt | None = None
    """Tokens of end users that it accepts."""
    access_logs: AccessLogsOrBool = None
    """What its proxies log of requests; defaults to `accessLogs` of its namespace."""
    telemetry: AppTelemetry | None = None
    """Labels of its metrics, and sampling and tags of its traces, as its own proxies write them."""
    mtls: WorkloadMtls | None = None
    """mTLS mode of its pods, and of their ports; defaults to that of the namespace."""
