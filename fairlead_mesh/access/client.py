"""Who may, or may not, send requests to an app, and which? One client of `callers` and `deny`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import Cidr, DnsLabel, HeaderName, HttpMethod, NonEmpty, PortNumber
from fairlead_mesh.keys.short import Short
from fairlead_mesh.keys.together import at_least_one, at_most_one

EVERYBODY = "*"
_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
AppOrEverybody = Annotated[
    str, Form(rf"\*|{_LABEL}", 'write the name of an app of this stack, or "*" for every client', longest=63)
]
Account = Annotated[
    str,
    Form(rf"{_LABEL}/[a-z0-9]([-a-z0-9.]{{0,251}}[a-z0-9])?", "write namespace/service account, such as ops/admin"),
]
PolicyPath = Annotated[
    str,
    Form(
        r"(/|\*)[^\s?#]*",
        "write a path that starts with / or *, such as /pay/*, as in an AuthorizationPolicy",
    ),
]
WHO = ("app", "gateway", "namespace", "serviceAccount")
_WHICH = ("cidr", "methods", "paths", "ports", "headers", "user", "claims")


class Client(Short):
    """A client and the requests that are meant; all parts must match. A plain string is the name of an app."""

    plain: ClassVar[str] = "app"
    together = (
        at_most_one(*WHO, what="a client is one of app, gateway, namespace and serviceAccount: write one each"),
        at_least_one(*WHO, *_WHICH, what=f'say who is meant: {", ".join(WHO)} or cidr; every client is "*"'),
    )

    app: AppOrEverybody | None = None
    """An app of this stack: the service account of its pods; "*" is every client, also one without mTLS."""
    gateway: DnsLabel | None = None
    """A gateway of this stack: requests that come through it."""
    namespace: DnsLabel | None = None
    """Every pod with a sidecar in a namespace."""
    service_account: Account | None = None
    """A service account, as namespace/name, such as ops/admin."""
    cidr: Cidr | None = None
    """Network of the client; with `gateway`, of the client of the gateway, as X-Forwarded-For says it."""
    methods: list[HttpMethod] = Field(default_factory=list[str])
    """HTTP methods, such as [GET, POST]; defaults to every one."""
    paths: list[PolicyPath] = Field(default_factory=list[str])
    """Paths, such as /pay, /pay/*, */health or /items/{*}; defaults to every one."""
    ports: list[PortNumber] = Field(default_factory=list[int])
    """Ports of the pods (not of the Service); defaults to every one."""
    headers: dict[HeaderName, list[NonEmpty]] = Field(default_factory=dict[str, list[str]])
    """Values of headers, one of which must match, such as `end-user: [jason]` or `user-agent: [Mozilla*]`."""
    user: list[NonEmpty] = Field(default_factory=list[str])
    """Names of users, one of which the header `clients.userHeader` has, such as [jason]."""
    claims: dict[NonEmpty, list[NonEmpty]] = Field(default_factory=dict[str, list[str]])
    """Claims of the token that `jwt` checks, such as `groups: [admin]`, and the values of which one must match."""

    @property
    def is_known_by_mtls(self) -> bool:
        """Whether only mTLS tells who it is."""
        return bool(self.gateway or self.namespace or self.service_account or (self.app and self.app != EVERYBODY))

    @property
    def is_limited(self) -> bool:
        """Whether only some requests are meant."""
        return any(getattr(self, key) for key in _WHICH)
