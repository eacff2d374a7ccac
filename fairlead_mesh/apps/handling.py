"""What is done to requests on their way? What an app says for all of its routes, or a route alone."""

from __future__ import annotations

from typing import Annotated, Any

from fairlead_mesh.apps.cors_policy import CorsPolicy
from fairlead_mesh.apps.headers import Headers
from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import CountOrZero, TimeSpan
from fairlead_mesh.keys.section import Section
from fairlead_mesh.model.requests.retries import CONDITIONS

RetryCondition = Annotated[
    str,
    Form(
        "|".join((*sorted(CONDITIONS), r"[1-5]\d\d")),
        "write a condition that Envoy knows, such as 5xx, reset or unavailable, or a status in quotes",
    ),
]


class Retries(Section):
    """When a failed request is sent again."""

    attempts: CountOrZero
    """How often it is sent again at most; 0 turns Istio's own two retries off."""
    per_try_timeout: TimeSpan | None = None
    """How long each try may take, such as 500ms; defaults to the timeout of the whole request."""
    retry_on: list[RetryCondition] | None = None
    """After which failures, such as [5xx, reset] or, for gRPC, [unavailable, resource-exhausted]; defaults to failures
    after which the app has not seen the request."""
    backoff: TimeSpan | None = None
    """How long Envoy waits before it sends a request again, about this long and then twice as long each time, such as
    100ms; defaults to 25ms."""
    retry_remote_localities: bool | None = None
    """Whether it is sent to pods of other zones and regions too, where the nearest have failed."""
    retry_ignore_previous_hosts: bool | None = None
    """Whether pods that have failed this request are left out; defaults to true, except with a consistent hash."""


class Handling(Section):
    """What is done to requests on their way."""

    timeout: TimeSpan | None = None
    """How long a request may take, all of its tries together, such as 2s; then the client gets 504. Unlimited by
    default."""
    retries: Retries | None = None
    """When a failed request is sent again, such as {attempts: 3, perTryTimeout: 500ms, retryOn: [5xx]}; by default
    Istio sends it again up to twice where the connection failed."""

    headers: Headers | None = None
    """Headers to change, such as {request: {set: {x-stage: beta}}, response: {remove: [server]}}."""
    cors_policy: CorsPolicy | None = None
    """Which web pages may send requests from a visitor's browser, such as {allowOrigins: [https://shop.example.com]}."""

    @property
    def handled(self) -> dict[str, Any]:
        """The keys of this section that are set, by their names here."""
        fields = ((name, getattr(self, name)) for name in Handling.model_fields)
        return {name: value for name, value in fields if value not in (None, {}, [])}
