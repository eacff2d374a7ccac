"""Which words may a stack file use? Named scalar types, each validated once and used everywhere."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from fairlead_mesh.keys import duration, re2
from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.re2 import LONGEST

LARGEST = 2**31 - 1
"""Kubernetes counts in 32 bits."""
_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_HOST_LABEL = r"[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?"
_HOST = rf"{_HOST_LABEL}(\.{_HOST_LABEL})+"
_LONGEST_HOST = 253
_OCTET = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_PORT = r"([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])"
_IPV4 = rf"{_OCTET}(\.{_OCTET}){{3}}/(3[0-2]|[12]?\d)"
_IPV6 = r"(?=[^/]*:[^/]*:)[0-9a-f:]{2,39}/(12[0-8]|1[01]\d|[1-9]?\d)"
_QUALIFIED_NAME = r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
# For editors, which know no RE2: before any \\Q, outside of brackets, stands no lookaround and no backreference.
_BEFORE = r"(?:[^\\(\[]|\\[^Q1-9]|\\[1-7][0-7]|\((?!\?<?[=!])|\[(?:[^\]\\]|\\[\s\S])*\])*"
_NOT_OF_RE2 = rf"(?!{_BEFORE}(\(\?<?[=!]|\\[89]|\\[1-7](?![0-7])))[\s\S]*"
_RE2 = "write an RE2 expression, without lookahead, lookbehind and backreferences"


def _regex(value: str) -> str:
    """As istiod and Envoy read it: the checker of the rules over objects."""
    if len(value) > LONGEST:
        raise ValueError(f"write at most the {LONGEST} characters that Istio allows")
    if why := re2.complaint(value):
        raise ValueError(f"{_RE2}; {why}")
    return value


def _duration(value: str) -> str:
    """As Go reads it, in whole milliseconds; none at all is one too, where a key says what it means."""
    if duration.nanoseconds(value) is not None and (why := duration.complaint(value, zero=True)):
        raise ValueError(f"{_SUCH_AS}; {why}")
    return value


_SUCH_AS = "write a duration such as 30s, 500ms or 1m30s"
_ABOVE_ZERO = "write a duration above zero, such as 2s, 500ms or 1m30s"
_QUANTITY = r"[0-9]+(\.[0-9]+)?([numkMGTPE]|[KMGTPE]i|e[0-9]+)?"
_AMOUNT = "write a Kubernetes quantity, such as 500m, 2, 128Mi or 1Gi"
_NETWORK = "write a network such as 10.0.0.0/16 or 2001:db8::/32"


def _time_span(value: str) -> str:
    """As istiod takes a timeout: nothing below a millisecond."""
    if duration.nanoseconds(value) is not None and (why := duration.complaint(value)):
        raise ValueError(f"{_ABOVE_ZERO}; {why}")
    return value


def _network(value: str) -> str:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError(_NETWORK) from None
    if "/" not in value:
        raise ValueError(f"{_NETWORK}; one address is {network}")
    if ipaddress.ip_address(value.partition("/")[0]) != network.network_address:
        raise ValueError(f"has bits set after its prefix length; write {network}")
    if str(network) != value:
        # AWS and Kubernetes know no netmask, and AWS answers with the short form, which would look like a change.
        raise ValueError(f"write {network}")
    return value


def _whole_number_is_no_name(value: Any) -> Any:
    """YAML reads an unquoted `v: 1.30` as a number; say so instead of guessing what was meant."""
    if isinstance(value, float):
        raise ValueError(f"YAML reads this as the number {value} and drops zeros at its end; put it in quotes, in full")
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f'YAML reads this as the number {value}; put it in quotes: "{value}"')
    return value


def _number_has_no_unit(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise ValueError(f"write it with its unit, such as {value}s")
    return value


def _quantity(value: Any) -> Any:
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
    if not number and not (isinstance(value, str) and re.fullmatch(_QUANTITY, value)):
        raise ValueError(_AMOUNT)
    return value


_Text = Annotated[str, BeforeValidator(_whole_number_is_no_name)]

NonEmpty = Annotated[str, StringConstraints(min_length=1)]
DnsLabel = Annotated[_Text, Form(_LABEL, "write lower-case letters, digits and '-', at most 63, such as istio-ingress")]
Hostname = Annotated[
    _Text,
    Form(
        rf"\*|(\*\.{_HOST_LABEL}|{_HOST_LABEL}\.{_HOST_LABEL})(\.{_HOST_LABEL})*",
        "write a full DNS name such as shop.example.com, *.example.com or *",
        longest=_LONGEST_HOST,
    ),
]
Authority = Annotated[
    _Text,
    Form(
        rf"{_HOST}(:{_PORT})?",
        "write one host, such as shop.example.com or shop.example.com:8443",
        longest=_LONGEST_HOST + 6,
    ),
]
Regex = Annotated[str, Form(_NOT_OF_RE2, _RE2, _regex, LONGEST)]
Cidr = Annotated[str, Form(f"{_IPV4}|{_IPV6}", _NETWORK, _network)]
Duration = Annotated[
    str,
    Form(r"(\d+(\.\d+)?(ms|s|m|h))+", _SUCH_AS, _duration),
    BeforeValidator(_number_has_no_unit),
]
TimeSpan = Annotated[
    str,
    Form(r"(?=.*[1-9])(\d+(\.\d+)?(ms|s|m|h))+", _ABOVE_ZERO, _time_span),
    BeforeValidator(_number_has_no_unit),
]
Percent = Annotated[int, Field(ge=0, le=100)]
PortNumber = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=1, le=LARGEST)]
CountOrZero = Annotated[int, Field(ge=0, le=LARGEST)]
Url = Annotated[str, Form(r"https?://[^\s/$.?#][^\s]*", "write a URL such as http://prometheus.monitoring:9090")]
ExactVersion = Annotated[_Text, Form(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", "write an exact version such as 1.2.3")]
KubernetesVersion = Annotated[_Text, Form(r"1\.\d+(\.\d+)?", 'write a Kubernetes version such as "1.34"')]
CertificateArn = Annotated[
    str,
    Form(
        r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+",
        "write the ARN of an ACM certificate (arn:aws:acm:...)",
    ),
]
SecurityGroupId = Annotated[str, Form(r"sg-[0-9a-f]{8,17}", "write a security group id such as sg-0123456789abcdef0")]
PrefixListId = Annotated[str, Form(r"pl-[0-9a-f]{8,17}", "write a prefix list id such as pl-0123456789abcdef0")]
LabelKey = Annotated[str, Form(_QUALIFIED_NAME, "write a Kubernetes label key such as app or team.example.com/name")]
LabelValue = Annotated[
    _Text,
    Form(
        r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?",
        "write a Kubernetes label value: letters, digits, '-', '_', '.', at most 63",
    ),
]
Quantity = Annotated[
    int | float | str,
    BeforeValidator(_quantity),
    WithJsonSchema(
        {"type": ["string", "number"], "minimum": 0, "pattern": f"^({_QUANTITY})$", "errorMessage": _AMOUNT}
    ),
]
Resources = dict[Literal["requests", "limits"], dict[LabelKey, Quantity]]
HttpMethod = Annotated[str, Form(r"[A-Z]+", "write an HTTP method in capitals such as GET")]
HeaderName = Annotated[str, Form(r"[a-z0-9-]+", "write the name of a header in lower case, such as end-user")]
CookieName = Annotated[_Text, Form(r"[A-Za-z0-9!#$&'*+.^_`|~-]+", "write the name of a cookie, such as group")]
CookieValue = Annotated[_Text, Form(r"[A-Za-z0-9%._~=+/-]+", "write the value of a cookie, such as beta")]
UrlPath = Annotated[str, Form(r"/[^\s?#]*", "write a path that starts with /, such as /api")]


def seconds(text: Duration) -> int:
    """`1m30s` -> 90; parts below a second are rounded up, as no AWS attribute takes them."""
    return -(-(duration.nanoseconds(text) or 0) // 10**9)
