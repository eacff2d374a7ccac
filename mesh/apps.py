"""Which requests go where? The section of an app: its Service, versions and routes."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator
from pydantic.config import JsonDict

from mesh.scalars import (
    Authority,
    DnsLabel,
    HeaderName,
    Hostname,
    HttpMethod,
    LabelKey,
    LabelValue,
    NonEmpty,
    Percent,
    PortNumber,
    Regex,
    UrlPath,
)
from mesh.section import Section
from mesh.together import at_least_one, at_most_one, exactly_one

MESH = "mesh"
"""Istio's word for all sidecars: routing that holds for the callers inside the mesh."""

CLUSTER_DOMAIN = "svc.cluster.local"


class StringMatch(Section):
    """How a string is matched; a plain string in its place means exact."""

    together = (exactly_one("exact", "prefix", "regex", what="match in one way: exact, prefix or regex"),)

    exact: NonEmpty | None = None
    """The whole string."""
    prefix: NonEmpty | None = None
    """Its beginning."""
    regex: Regex | None = None
    """An RE2 expression that the whole string fits."""

    @model_validator(mode="before")
    @classmethod
    def _plain_string_is_exact(cls, value: Any) -> Any:
        if isinstance(value, (bool, int, float)):
            raise ValueError(f'write a string, in quotes: "{json.dumps(value)}"')
        return {"exact": value} if isinstance(value, str) else value


_FROM_A_SLASH: JsonDict = {"pattern": "^/", "errorMessage": "write a path that starts with /"}
_PATH: JsonDict = {**_FROM_A_SLASH, "properties": {"exact": _FROM_A_SLASH, "prefix": _FROM_A_SLASH}}


class Match(Section):
    """A condition on a request; all of its parts must hold."""

    uri: StringMatch | None = Field(default=None, json_schema_extra=_PATH)
    """Path, such as {prefix: /api}."""
    method: HttpMethod | None = None
    """HTTP method."""
    headers: dict[HeaderName, StringMatch] = Field(default_factory=dict[str, StringMatch])
    """Headers, by lower-case name."""
    query_params: dict[NonEmpty, StringMatch] = Field(default_factory=dict[str, StringMatch])
    """Query parameters, by name (exact or regex)."""

    @field_validator("uri")
    @classmethod
    def _path_starts_with_a_slash(cls, uri: StringMatch | None) -> StringMatch | None:
        path = (uri.exact or uri.prefix) if uri else None
        if path and not path.startswith("/"):
            raise ValueError(f"no request's path fits this, as each starts with /; write /{path}")
        return uri


class Rewrite(Section):
    """What the app sees instead of what was asked for."""

    together = (at_least_one("uri", "authority", what="say what to rewrite: uri, authority or both"),)

    uri: UrlPath | None = None
    """Replaces the matched prefix, or the whole path where it was matched exactly."""
    authority: Authority | None = None
    """Replaces the Host header."""


class Redirect(Section):
    """Where the caller is sent instead of an answer."""

    together = (at_least_one("uri", "authority", "scheme", what="say where to: uri, authority or scheme"),)

    uri: UrlPath | None = None
    """New path."""
    authority: Authority | None = None
    """New host."""
    scheme: Literal["http", "https"] | None = None
    """New scheme."""
    redirect_code: Literal[301, 302, 303, 307, 308] = 301
    """HTTP status."""


class Route(Section):
    """What happens to the requests that match; the first route that fits is taken."""

    together = tuple(
        at_most_one(
            "redirect",
            other,
            what="a redirect answers the request itself; remove weights and rewrite, or the redirect",
        )
        for other in ("weights", "rewrite")
    )

    match: list[Match] = Field(default_factory=list[Match])
    """Conditions, one of which must hold; absent takes every request."""
    weights: dict[DnsLabel, Percent] = Field(default_factory=dict[str, int])
    """Share of each version in percent; absent sends all to the app's Service."""
    rewrite: Rewrite | None = None
    """Changes of the request on its way."""
    redirect: Redirect | None = None
    """An answer that sends the caller elsewhere; excludes weights and rewrite."""


class Version(Section):
    """A version of an app: pods of its Service with some labels, or a Service of its own."""

    together = (
        at_most_one(
            "labels", "service", what="a version is told by labels or by a Service of its own: keep one of the two"
        ),
    )

    name: DnsLabel
    """Name, as weights use it."""
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict[str, str])
    """Labels of its pods; `version: <name>` where neither labels nor service is given."""
    service: DnsLabel | None = None
    """Its own Service, in the app's namespace."""


class App(Section):
    """One app behind a Service that exists; what is here is its routing."""

    name: DnsLabel
    """Name of the app and of its routing objects."""
    namespace: DnsLabel = "default"
    """Where its Service is."""
    service: DnsLabel | None = None
    """Its Service; named as the app where it is absent."""
    port: PortNumber
    """Port of the Service."""
    external: bool = False
    """Whether its Service exists though nothing in this stack declares it; lint then asks no more."""
    hosts: list[Hostname] = Field(default=["*"], min_length=1)
    """Hosts at the gateways; every host where it is absent."""
    gateways: list[NonEmpty] = Field(default=[MESH], min_length=1)
    """Gateways of this stack that route to it; `mesh` means its callers inside the mesh."""
    versions: list[Version] = Field(default_factory=list[Version])
    """Its versions, where requests are split between them."""
    routes: list[Route] = Field(default_factory=list[Route])
    """Its routes in order; one that takes every request where it is absent."""

    @property
    def service_name(self) -> str:
        return self.service or self.name

    @property
    def services(self) -> list[str]:
        """Its Service, and those that versions have of their own."""
        return [self.service_name, *(version.service for version in self.versions if version.service)]

    def fqdn(self, service: str | None = None) -> str:
        """Full name of its Service, or of another one in its namespace."""
        return f"{service or self.service_name}.{self.namespace}.{CLUSTER_DOMAIN}"

    @property
    def ingress_gateways(self) -> list[str]:
        return [name for name in self.gateways if name != MESH]

    @property
    def subsets(self) -> list[Version]:
        return [version for version in self.versions if version.service is None]
