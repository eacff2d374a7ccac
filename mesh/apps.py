"""Which requests go where? The section of an app: its Service, versions and routes."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator
from pydantic.config import JsonDict

from mesh.external import ExternalOrTrue
from mesh.keys.scalars import (
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
from mesh.keys.section import Section
from mesh.keys.together import at_least_one, at_most_one, exactly_one
from mesh.model.hostnames import CLUSTER_DOMAIN
from mesh.model.virtual_service import MESH


class StringMatch(Section):
    """How a string is matched; a plain string means exact."""

    together = (exactly_one("exact", "prefix", "regex", what="match in one way: exact, prefix or regex"),)

    exact: NonEmpty | None = None
    """The whole string."""
    prefix: NonEmpty | None = None
    """Its beginning."""
    regex: Regex | None = None
    """An RE2 expression that matches the whole string."""

    @model_validator(mode="before")
    @classmethod
    def _plain_string_is_exact(cls, value: Any) -> Any:
        if isinstance(value, (bool, int, float)):
            raise ValueError(f'write a string, in quotes: "{json.dumps(value)}"')
        return {"exact": value} if isinstance(value, str) else value


_FROM_A_SLASH: JsonDict = {"pattern": "^/", "errorMessage": "write a path that starts with /"}
_PATH: JsonDict = {**_FROM_A_SLASH, "properties": {"exact": _FROM_A_SLASH, "prefix": _FROM_A_SLASH}}


class Match(Section):
    """A condition on a request; all of its parts must match."""

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
            raise ValueError(f"no path matches this, because each starts with /; write /{path}")
        return uri


class Rewrite(Section):
    """Rewrites the request before it is sent to the app."""

    together = (at_least_one("uri", "authority", what="say what to rewrite: uri, authority or both"),)

    uri: UrlPath | None = None
    """Replaces the matched prefix, or the whole path of an exact match."""
    authority: Authority | None = None
    """Replaces the Host header."""


class Redirect(Section):
    """Redirects the client instead of routing the request."""

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
    """What happens to matching requests; the first route that matches is used."""

    together = tuple(
        at_most_one(
            "redirect",
            other,
            what="a redirect answers the request itself; remove weights and rewrite, or the redirect",
        )
        for other in ("weights", "rewrite")
    )

    match: list[Match] = Field(default_factory=list[Match])
    """Conditions, one of which must match; without any, every request matches."""
    weights: dict[DnsLabel, Percent] = Field(default_factory=dict[str, int])
    """Weight of each version in percent; without weights, all requests go to the app's Service."""
    rewrite: Rewrite | None = None
    """Changes of path and host."""
    redirect: Redirect | None = None
    """Redirects the client; excludes weights and rewrite."""


class Version(Section):
    """A version of an app: pods of its Service with some labels, or a separate Service."""

    together = (
        at_most_one("labels", "service", what="a version has labels or a Service of its own: keep one of the two"),
    )

    name: DnsLabel
    """Name, as used in weights."""
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict[str, str])
    """Labels of its pods; default to `version: <name>` if service is not set either."""
    service: DnsLabel | None = None
    """Its separate Service, in the app's namespace."""


class App(Section):
    """One app behind a Service that exists; what is here is its routing."""

    name: DnsLabel
    """Name of the app and of its routing objects."""
    namespace: DnsLabel = "default"
    """Namespace of its Service."""
    service: DnsLabel | None = None
    """Name of its Service; defaults to the name of the app."""
    port: PortNumber
    """Port of the Service."""
    external: ExternalOrTrue | None = None
    """Whether its Service and pods exist though nothing in this stack declares them: `true`, or the labels of its pods
    as `{labels: {app: shop}}`, by which lint, diff and picture know which policies apply to them."""
    hosts: list[Hostname] = Field(default=["*"], min_length=1)
    """Hosts at the gateways; defaults to every host."""
    gateways: list[NonEmpty] = Field(default=[MESH], min_length=1)
    """Gateways of this stack that route to it; `mesh` means clients inside the mesh."""
    versions: list[Version] = Field(default_factory=list[Version])
    """Its versions, if requests are split between them."""
    routes: list[Route] = Field(default_factory=list[Route])
    """Its routes in order; defaults to one that matches every request."""

    @property
    def service_name(self) -> str:
        return self.service or self.name

    @property
    def pod_labels(self) -> dict[str, str]:
        """Of the pods that exist though nothing here declares them, as far as they are said."""
        return self.external.labels if self.external else {}

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
