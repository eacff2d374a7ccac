"""Where does Fluent Bit send logs? Sections for each destination, and the part of its configuration that each comes to.

Credentials are never written here: those of AWS come from the identity of its pods, others from a Secret that exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import DnsLabel
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_most_one

RoleArn = Annotated[
    str,
    Form(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", "write the ARN of an IAM role (arn:aws:iam::...:role/...)"),
]
LogUrl = Annotated[
    str,
    Form(
        r"https?://[^\s/$.?#@][^\s@?#]*",
        "write a URL such as https://loki.example.com; credentials belong into a Secret, which `secret` names",
    ),
]
LogGroup = Annotated[str, Form(r"[-._/#A-Za-z0-9]{1,512}", "write the name of a log group such as /mesh/access-logs")]
LogWord = Annotated[str, Form(r"[a-z0-9][-a-z0-9_.]*", "write a name in lower case such as mesh-logs")]
AwsRegion = Annotated[str, Form(r"[a-z]{2}(-[a-z]+)+-\d", "write a region of AWS such as eu-west-1")]
Line = tuple[str, str]

_USER, _PASSWORD = "LOG_USERNAME", "LOG_PASSWORD"


class AwsIdentity(Section):
    """Who its pods are for AWS."""

    together = (at_most_one("role", "podIdentity"),)

    region: AwsRegion | None = None
    """Region of AWS; defaults to that of the cluster."""
    role: RoleArn | None = None
    """IAM role of its service account, as an annotation (IAM roles for service accounts)."""
    pod_identity: Literal[True] | None = None
    """`true` where an EKS Pod Identity association, made elsewhere, gives its service account a role."""

    @property
    def is_known(self) -> bool:
        """Whether something gives its pods rights of their own."""
        return bool(self.role or self.pod_identity)


class WithSecret(Section):
    """Who its pods are for a store that asks for a user and a password."""

    url: LogUrl
    """URL of the store, without credentials."""
    secret: DnsLabel | None = None
    """Secret in its namespace with the keys `username` and `password`; it must exist."""

    @property
    def lines(self) -> Iterator[Line]:
        """Where the store is, and how to log in."""
        at = urlsplit(self.url)
        yield "Host", at.hostname or ""
        yield "Port", str(at.port or (443 if at.scheme == "https" else 80))
        yield "tls", "On" if at.scheme == "https" else "Off"
        if self.secret:
            yield "HTTP_User", f"${{{_USER}}}"
            yield "HTTP_Passwd", f"${{{_PASSWORD}}}"

    @property
    def environment(self) -> list[dict[str, Any]]:
        """The variables with what the Secret holds."""
        keys = {_USER: "username", _PASSWORD: "password"} if self.secret else {}
        return [
            {"name": name, "valueFrom": {"secretKeyRef": {"name": self.secret, "key": key}}}
            for name, key in keys.items()
        ]


class CloudWatch(AwsIdentity):
    """Amazon CloudWatch Logs: a stream for each pod in one log group."""

    log_group: LogGroup
    """Log group."""
    create_log_group: bool = True
    """Whether it creates the log group where it does not exist; its role must allow logs:CreateLogGroup then."""
    retention_days: Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653] | None = (
        None
    )
    """How long a log group that it creates keeps logs, in days; defaults to AWS's own, forever."""

    def output(self, region: str | None) -> list[Line]:
        lines = [
            ("Name", "cloudwatch_logs"),
            ("region", self.region or region or ""),
            ("log_group_name", self.log_group),
            ("log_stream_prefix", "mesh."),
            ("log_stream_template", "$kubernetes['namespace_name'].$kubernetes['pod_name']"),
            ("auto_create_group", "On" if self.create_log_group else "Off"),
        ]
        kept = [("log_retention_days", str(self.retention_days))] if self.retention_days else []
        return [*lines, *kept]


class OpenSearch(WithSecret, AwsIdentity):
    """OpenSearch, with a user and a password, or Amazon OpenSearch Service with requests signed by its role."""

    together = (*AwsIdentity.together, at_most_one("secret", "role"), at_most_one("secret", "podIdentity"))

    index: LogWord = "mesh-logs"
    """Prefix of its indices, of which each day has one: mesh-logs-2026.11.30."""

    def output(self, region: str | None) -> list[Line]:
        signed = [("AWS_Auth", "On"), ("AWS_Region", self.region or region or "")] if self.is_known else []
        own = [("Logstash_Format", "On"), ("Logstash_Prefix", self.index), ("Suppress_Type_Name", "On")]
        path = urlsplit(self.url).path.rstrip("/")
        return [("Name", "opensearch"), *self.lines, *([("Path", path)] if path else []), *signed, *own]


class LokiStore(WithSecret):
    """Grafana Loki, with the labels job, namespace, pod and container."""

    tenant: LogWord | None = None
    """Tenant (X-Scope-OrgID); defaults to none."""

    def output(self, region: str | None) -> list[Line]:  # noqa: ARG002 - Loki has none
        labels = ", ".join(
            f"{name}=$kubernetes['{key}']"
            for name, key in (("namespace", "namespace_name"), ("pod", "pod_name"), ("container", "container_name"))
        )
        path = urlsplit(self.url).path.rstrip("/")
        tenant = [("tenant_id", self.tenant)] if self.tenant else []
        own = [("uri", f"{path}/loki/api/v1/push"), *tenant, ("labels", f"job=fluent-bit, {labels}")]
        return [("Name", "loki"), *self.lines, *own, ("line_format", "json")]
