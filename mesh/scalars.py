"""Which words may a stack file use? Named scalar types, each validated once and used everywhere."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import SchemaError, SchemaValidator, core_schema

_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_HOST_LABEL = r"[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?"
_LONGEST_HOST = 253
_LONGEST_REGEX = 1024
_HIGHEST_PORT = 65535
_ARN = re.compile(r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+")
_VERSION = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
_DURATION = re.compile(r"(\d+(\.\d+)?(ms|s|m|h))+")
_URL = re.compile(r"https?://[^\s/$.?#][^\s]*")
_QUALIFIED_NAME = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_METHOD = re.compile(r"[A-Z]+")


def _matches(pattern: re.Pattern[str] | str, what: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(what)
        return value

    return AfterValidator(check)


def _hostname(value: str) -> str:
    name = value.removeprefix("*.")
    labels = name.split(".")
    if value != "*" and (
        len(value) > _LONGEST_HOST or "." not in value or not all(re.fullmatch(_HOST_LABEL, label) for label in labels)
    ):
        raise ValueError("write a full DNS name such as shop.example.com, *.example.com or *")
    return value


def _authority(value: str) -> str:
    name, colon, port = value.partition(":")
    if "*" in name or (colon and not (port.isdigit() and 0 < int(port) <= _HIGHEST_PORT)):
        raise ValueError("write one host, such as shop.example.com or shop.example.com:8443")
    _hostname(name)
    return value


def _regex(value: str) -> str:
    """RE2, as Envoy reads it: the Rust engine has the same limits (no lookaround, no backreference)."""
    if len(value) > _LONGEST_REGEX:
        raise ValueError(f"write at most the {_LONGEST_REGEX} characters that Istio allows")
    try:
        SchemaValidator(core_schema.str_schema(pattern=value, regex_engine="rust-regex"))
    except SchemaError:
        raise ValueError("write an RE2 expression, which knows no lookahead, lookbehind or backreference") from None
    return value


def _cidr(value: str) -> str:
    remedy = "write a network such as 10.0.0.0/16 or 2001:db8::/32"
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError(remedy) from None
    if "/" not in value:
        raise ValueError(f"{remedy}; one address is {network}")
    if ipaddress.ip_address(value.partition("/")[0]) != network.network_address:
        raise ValueError(f"has bits set behind its prefix length; write {network}")
    if str(network) != value:
        # AWS and Kubernetes know no netmask, and AWS answers with the short form, which would look like a change.
        raise ValueError(f"write {network}")
    return value


def _whole_number_is_no_name(value: Any) -> Any:
    """YAML reads an unquoted `v: 1.30` as a number; say so instead of guessing what was meant."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise ValueError(f'YAML reads this as the number {value}; put it in quotes: "{value}"')
    return value


_Text = Annotated[str, BeforeValidator(_whole_number_is_no_name)]

DnsLabel = Annotated[
    _Text,
    _matches(_LABEL, "write lower-case letters, digits and '-', at most 63, such as istio-ingress"),
]
Hostname = Annotated[_Text, AfterValidator(_hostname)]
Authority = Annotated[_Text, AfterValidator(_authority)]
Regex = Annotated[str, AfterValidator(_regex)]
Cidr = Annotated[str, AfterValidator(_cidr)]
Duration = Annotated[str, _matches(_DURATION, "write a duration such as 30s, 500ms or 1m30s")]
Percent = Annotated[int, Field(ge=0, le=100)]
PortNumber = Annotated[int, Field(ge=1, le=65535)]
Url = Annotated[str, _matches(_URL, "write a URL such as http://prometheus.monitoring:9090")]
ExactVersion = Annotated[_Text, _matches(_VERSION, "write an exact version such as 1.31.1")]
KubernetesVersion = Annotated[_Text, _matches(r"1\.\d+(\.\d+)?", 'write a Kubernetes version such as "1.34"')]
CertificateArn = Annotated[str, _matches(_ARN, "write the ARN of an ACM certificate (arn:aws:acm:...)")]
SecurityGroupId = Annotated[
    str, _matches(r"sg-[0-9a-f]{8,17}", "write a security group id such as sg-0123456789abcdef0")
]
PrefixListId = Annotated[str, _matches(r"pl-[0-9a-f]{8,17}", "write a prefix list id such as pl-0123456789abcdef0")]
LabelKey = Annotated[
    str, _matches(_QUALIFIED_NAME, "write a Kubernetes label key such as app or team.example.com/name")
]
LabelValue = Annotated[
    _Text, _matches(_LABEL_VALUE, "write a Kubernetes label value: letters, digits, '-', '_', '.', at most 63")
]
HttpMethod = Annotated[str, _matches(_METHOD, "write an HTTP method in capitals such as GET")]
UrlPath = Annotated[str, _matches(r"/[^\s?#]*", "write a path that starts with /, such as /api")]


def seconds(duration: Duration) -> int:
    """`1m30s` -> 90; parts below a second are rounded up, as no AWS attribute takes them."""
    unit = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", duration)
    return -int(-sum(float(number) * unit[suffix] for number, suffix in parts) // 1)
