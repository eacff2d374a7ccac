"""Which words does a stack file take? For each named scalar type what is right, what is wrong, and the remedy."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from fairlead_mesh.keys import scalars
from fairlead_mesh.keys.scalars import seconds

pytestmark = pytest.mark.mesh

ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d-4e5f"
HEX = "0123456789abcdef0"
RIGHT: dict[str, list[Any]] = {
    "DnsLabel": ["a", "istio-ingress", "v1", "1", "a" * 63],
    "Hostname": ["*", "*.example.com", "shop.example.com", "Shop.example.com", "10.0.0.1", "a-b.c"],
    "Cidr": ["10.0.0.0/16", "0.0.0.0/0", "203.0.113.7/32", "2001:db8::/32", "::/0"],
    "Duration": ["30s", "500ms", "1m30s", "1.5h", "0s"],
    "CookieName": ["group", "__Host-id", "a.b"],
    "CookieValue": ["beta", "a=b", "x%20y"],
    "TimeSpan": ["1ms", "0.5s", "1h0m", "10s"],
    "CountOrZero": [0, 1, 2147483647],
    "Percent": [0, 50, 100],
    "PortNumber": [1, 80, 65535],
    "Url": ["http://prometheus.monitoring:9090", "https://a.example.com/path?x=1", "http://localhost"],
    "ExactVersion": ["1.30.3", "1.31.0-rc.1", "28.13.0"],
    "CertificateArn": [ARN, ARN.replace("aws", "aws-cn", 1), ARN.replace("aws", "aws-us-gov", 1)],
    "SecurityGroupId": [f"sg-{HEX}", "sg-01234567"],
    "PrefixListId": [f"pl-{HEX}", "pl-01234567"],
    "LabelKey": ["app", "app.kubernetes.io/name", "a" * 63, "x_y.z"],
    "LabelValue": ["", "v1", "v1.2_a-b", "A", "a" * 63],
    "HttpMethod": ["GET", "PATCH"],
    "UrlPath": ["/", "/api/v1", "/a%20b"],
    "KubernetesVersion": ["1.34", "1.32.4"],
    "Authority": ["shop.example.com", "shop.example.com:8443"],
    "Regex": [
        "/api/v[0-9]+",
        "(a|b)*",
        ".*",
        "(?P<name>a)",
        "(?:a)",
        r"\Qa.b\E",
        r"\\1",
        "[(?=]",
        "a{1000}",
        r"\Q(?=\E",
    ],
    "HeaderName": ["end-user", "x-b3-traceid", "x1"],
    "Quantity": ["500m", "2", 2, 0.5, "1.5", "128Mi", "1Gi", "1e3", 0],
    "NonEmpty": ["a", " "],
    "Count": [1, 2**31 - 1],
}
WRONG: dict[str, list[Any]] = {
    "DnsLabel": ["", "A", "a_b", "-a", "a-", "a.b", "a" * 64, "a\n", 1.30, 7, True, None],
    "Hostname": [
        "",
        "*.",
        "a.*.com",
        "*a.com",
        "a..b",
        ".a",
        "a.",
        "http://a",
        "a:80",
        "a/b",
        "my_shop.com",
        "localhost",
    ],
    "Cidr": ["", "10.0.0.1", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/255.0.0.0", "10.0.0.0/08", "a/8", "10.0.0.0/"],
    "Duration": ["", "30", "s", "30 s", "1d", "-1s", "1s,2s", 30],
    "CookieName": ["", "a b", "a=b", "a;b", 7],
    "CookieValue": ["", "a b", "a;b", 'a"b', 7],
    "TimeSpan": ["", "0s", "0h0m", "0.0001s", "1d", "-1s", 0, 30],
    "CountOrZero": [-1, 2147483648, "0", 1.5, True],
    "Percent": [-1, 101, 33.5, "50", True, None],
    "PortNumber": [0, 65536, -1, "80", 80.5, True],
    "Url": ["", "prometheus:9090", "ftp://a", "http://", "http:///a", "http://a b", 1],
    "ExactVersion": ["", "1.30", "v1.30.3", "latest", "1.30.x", ">=1.30.3", 1.30, "1.30.3\n"],
    "CertificateArn": ["", "arn:aws:iam::123456789012:server-certificate/a", ARN.replace("acm", "ACM"), f"{ARN},{ARN}"],
    "SecurityGroupId": ["", "sg-", "sg-XYZ", "web", f"pl-{HEX}", f"sg-{HEX}0"],
    "PrefixListId": ["", "pl-", f"sg-{HEX}", "pl-0123456789ABCDEF0"],
    "LabelKey": ["", "/a", "a/", "-a", "a b", "a" * 64, "A.b/c", "a/b/c", 1],
    "LabelValue": ["-a", "a-", "a b", "a" * 64, "a/b", 1, 1.30, True],
    "HttpMethod": ["", "get", "Get", "GET POST"],
    "KubernetesVersion": ["", "1", "v1.34", "2.0", "1.x"],
    "Authority": ["*", "*.example.com", "shop", "shop.example.com:", "shop.example.com:0", "shop.example.com:65536"],
    "Regex": ["/(?!admin).*", "(?<=a)b", r"(a)\1", "(", "a" * 1025, "a{2000}", "a**", "[z-a]"],
    "UrlPath": ["", "api", "/a b", "/a?b=c", "/a#b", "http://a/b"],
    "HeaderName": ["", "End-User", "x_user", "a b", "a:"],
    "Quantity": ["", "1Gb", "1 Gi", "-1", -1, "500mm", "lots", True, None],
    "NonEmpty": ["", None, 1],
    "Count": [0, 2**31, 10**22, "2", 2.0, True],
}


RIGHT["Regex"] += [r"\Qa.b\E", r"\\1", "[(?=]", "a{1000}", r"\Q(?=\E", r"\p{Greek}", r"\123"]
WRONG["Regex"] += [r"\p{Foo}", "[[:foo:]]", r"[\z]", r"\x{110000}"]
WRONG["Duration"] += ["\u0663s"]  # a digit, but none that Go reads
WRONG["Hostname"] += ["localhost", "a" * 64, ".".join(["a" * 50] * 6), 8080, "a.com\n"]
WRONG["Cidr"] += ["2001:DB8::/32", "10.0.0.0/8/8", 10]


def named_scalars() -> list[str]:
    return [name for name, value in vars(scalars).items() if hasattr(value, "__metadata__") and name[0] != "_"]


def read(name: str, value: Any) -> Any:
    return TypeAdapter(getattr(scalars, name)).validate_python(value, strict=True)


def remedy(name: str, value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        read(name, value)
    (problem,) = caught.value.errors()
    return problem["msg"].removeprefix("Value error, ")


def test_every_named_scalar_is_tried() -> None:
    assert sorted(RIGHT) == sorted(WRONG) == sorted(named_scalars())


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in RIGHT.items() for value in values])
def test_a_right_word_is_taken_as_it_is(name: str, value: Any) -> None:
    assert read(name, value) == value


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_word_is_refused_by_one_message(name: str, value: Any) -> None:
    assert remedy(name, value)


@pytest.mark.parametrize("name", sorted(set(WRONG) - {"Percent", "PortNumber", "NonEmpty", "Count", "CountOrZero"}))
def test_the_remedy_says_what_to_write(name: str) -> None:
    assert remedy(name, "?!").startswith("write ")


@pytest.mark.parametrize("name", ["DnsLabel", "Hostname", "ExactVersion", "LabelValue"])
def test_a_number_where_a_name_belongs_is_told_as_yamls_doing(name: str) -> None:
    assert remedy(name, 7) == 'YAML reads this as the number 7; put it in quotes: "7"'
    lost = "YAML reads this as the number 1.3 and drops zeros at its end; put it in quotes, in full"
    assert remedy(name, 1.30) == lost


@pytest.mark.parametrize(
    ("value", "network"),
    [
        ("10.0.3.7/16", "10.0.0.0/16"),
        ("203.0.113.7", "203.0.113.7/32"),
        ("2001:db8::7", "2001:db8::7/128"),
        ("2001:db8::7/32", "2001:db8::/32"),
        ("10.0.0.0/255.255.0.0", "10.0.0.0/16"),
        ("2001:0DB8:0:0::/32", "2001:db8::/32"),
    ],
)
def test_a_network_in_another_spelling_is_answered_with_the_one_to_write(value: str, network: str) -> None:
    assert remedy("Cidr", value).endswith(network)
    assert read("Cidr", network) == network


@pytest.mark.parametrize(
    ("duration", "whole"),
    [("30s", 30), ("1m30s", 90), ("2h", 7200), ("1.5m", 90), ("0s", 0), ("1ms", 1), ("1500ms", 2), ("1000ms", 1)],
)
def test_a_duration_is_whole_seconds_rounded_up(duration: str, whole: int) -> None:
    assert seconds(duration) == whole
