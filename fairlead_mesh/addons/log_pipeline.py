"""What does Fluent Bit do with a line of a log? The text of its configuration.

Its options: docs.fluentbit.io/manual, and plugins/ in fluent/fluent-bit. Istio's formats of access logs:
pilot/pkg/model/telemetry_logging.go in istio/istio; a line of text gets the same names as its JSON has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from fairlead_mesh.addons.log_outputs import Line

STATE = "/var/lib/fluent-bit"
"""Folder of the node where it notes how far it has read, so that a restart neither repeats nor loses a line."""
_LOGS = "/var/log/containers"
_PROXIES = "*_istio-proxy-*.log"
_ITSELF = "*_fluent-bit-*.log"
_PARSER = "istio-access-log"
_FIELDS = (
    r"\[(?<start_time>[^\]]*)\]",
    r'"(?:(?<method>\S+) (?<path>[^"]*?) (?<protocol>\S+))"',
    r"(?<response_code>\d+)",
    r"(?<response_flags>\S+)",
    r"(?<response_code_details>\S+)",
    r"(?<connection_termination_details>\S+)",
    r'"(?<upstream_transport_failure_reason>[^"]*)"',
    r"(?<bytes_received>\d+)",
    r"(?<bytes_sent>\d+)",
    r"(?<duration>\S+)",
    r"(?<upstream_service_time>\S+)",
    r'"(?<x_forwarded_for>[^"]*)"',
    r'"(?<user_agent>[^"]*)"',
    r'"(?<request_id>[^"]*)"',
    r'"(?<authority>[^"]*)"',
    r'"(?<upstream_host>[^"]*)"',
    r"(?<upstream_cluster>\S+)",
    r"(?<upstream_local_address>\S+)",
    r"(?<downstream_local_address>\S+)",
    r"(?<downstream_remote_address>\S+)",
    r"(?<requested_server_name>\S+)",
    r"(?<route_name>\S+)",
)
_NUMBERS = ("response_code", "bytes_received", "bytes_sent", "duration")


def inputs(*, apps: bool) -> str:
    """The logs of proxies, and with `apps` those of all other containers but its own."""
    found = [_part("INPUT", _tail("mesh", _PROXIES))]
    if apps:
        found.append(_part("INPUT", [*_tail("apps", "*.log"), ("Exclude_Path", f"{_PROXIES},{_ITSELF}")]))
    return "\n".join(found)


def filters(formats: Collection[str], *, apps: bool) -> str:
    """Whose pod wrote a line; access logs in these formats become fields.

    What a pod says of itself in annotations is ignored: it would choose how its lines are read.
    """
    found = [_part("FILTER", _kubernetes("mesh", merge="json" in formats))]
    if "text" in formats:
        parse = [("Name", "parser"), ("Match", "mesh.*"), ("Key_Name", "log"), ("Parser", _PARSER)]
        found.append(_part("FILTER", [*parse, ("Reserve_Data", "On")]))
    if apps:
        found.append(_part("FILTER", _kubernetes("apps", merge=False)))
    return "\n".join(found)


def output(lines: Iterable[Line]) -> str:
    """Where all of it goes; what cannot be sent is tried again five times."""
    name, *others = lines
    return _part("OUTPUT", [name, ("Match", "*"), *others, ("Retry_Limit", "5")])


def parsers(formats: Collection[str]) -> str:
    """The parser of Istio's text format."""
    if "text" not in formats:
        return ""
    types = " ".join(f"{name}:integer" for name in _NUMBERS)
    return _part(
        "PARSER", [("Name", _PARSER), ("Format", "regex"), ("Regex", f"^{' '.join(_FIELDS)}$"), ("Types", types)]
    )


def _tail(tag: str, files: str) -> list[Line]:
    return [
        ("Name", "tail"),
        ("Tag", f"{tag}.*"),
        ("Path", f"{_LOGS}/{files}"),
        ("multiline.parser", "docker, cri"),
        ("DB", f"{STATE}/{tag}.db"),
        ("Mem_Buf_Limit", "5MB"),
        ("Skip_Long_Lines", "On"),
    ]


def _kubernetes(tag: str, *, merge: bool) -> list[Line]:
    return [
        ("Name", "kubernetes"),
        ("Match", f"{tag}.*"),
        ("Kube_Tag_Prefix", f"{tag}.var.log.containers."),
        ("Merge_Log", "On" if merge else "Off"),
        ("Keep_Log", "Off"),
        ("Annotations", "Off"),
        ("K8S-Logging.Parser", "Off"),
        ("K8S-Logging.Exclude", "Off"),
    ]


def _part(kind: str, lines: Iterable[Line]) -> str:
    return "".join([f"[{kind}]\n", *(f"    {key} {value}\n" for key, value in lines)])
