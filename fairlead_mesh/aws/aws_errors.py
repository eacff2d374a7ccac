"""What does a look-up in AWS that failed mean? One sentence on what is wrong, told by AWS' own codes, and a remedy.

The codes are those of AWS' APIs and of its SDK for Go, in the words that Pulumi's provider passes on.
"""

from __future__ import annotations

import re

from fairlead_mesh.cluster import Eks

_CLUSTER = "aws:eks/getCluster:getCluster"
_ACTIONS = {
    _CLUSTER: "eks:DescribeCluster",
    "aws:ec2/getInstances:getInstances": "ec2:DescribeInstances",
    "aws:ec2/getNetworkInterface:getNetworkInterface": "ec2:DescribeNetworkInterfaces",
    "aws:ec2/getNetworkInterfaces:getNetworkInterfaces": "ec2:DescribeNetworkInterfaces",
    "aws:ec2/getSecurityGroups:getSecurityGroups": "ec2:DescribeSecurityGroups",
    "aws:ec2/getVpc:getVpc": "ec2:DescribeVpcs",
    "aws:vpc/getSecurityGroupRules:getSecurityGroupRules": "ec2:DescribeSecurityGroupRules",
    "aws:vpc/getSecurityGroupRule:getSecurityGroupRule": "ec2:DescribeSecurityGroupRules",
}
"""The right that a look-up needs, where AWS does not name it."""

_DENIED = re.compile(r"is not authorized to perform: ([\w-]+:\w+)")
_PREAMBLE = re.compile(r"^(invoke of \S+ failed: |invocation of \S+ returned an error: |invoking \S+: )+")
_NO_CLUSTER = re.compile(r"\bResourceNotFoundException\b|No cluster found for name|couldn't find resource")
_NO_RIGHT = re.compile(rf"\b(AccessDenied(Exception)?|Unauthorized(Operation|Exception))\b|{_DENIED.pattern}")

_MEANINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"failed to get shared config profile"),
        "The AWS configuration has no profile {profile}. Fix cluster.eks.profile or AWS_PROFILE,"
        " or create it: aws configure sso.",
    ),
    (
        re.compile(
            r"\b(ExpiredToken(Exception)?|RequestExpired|InvalidGrantException)\b|(token|session) (has|is) expired"
            r"|session associated with this profile has expired|included in the request is expired"
            r"|failed to refresh cached credentials(?!, no EC2)"
        ),
        "The AWS credentials have expired. Log in again, such as by {log_in}, and run this again.",
    ),
    (
        re.compile(r"Missing ?Region"),
        "No AWS region is set for the EKS cluster {name}. Set cluster.eks.region or aws:region.",
    ),
    (
        re.compile(
            r"\b(UnrecognizedClientException|InvalidClientTokenId|AuthFailure|SignatureDoesNotMatch"
            r"|InvalidSignatureException|IncompleteSignature)\b|token included in the request is invalid"
        ),
        "AWS does not accept the credentials: the access key does not exist, or the secret key does not match it."
        " Fix AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or the profile, or log in: {log_in}.",
    ),
    (_NO_RIGHT, "{no_right}"),
    (
        re.compile(
            r"\bNoCredentialProviders\b|failed to retrieve credentials|no EC2 IMDS role found|get credentials:"
            r"|(?i:no valid (credential sources|providers))"
        ),
        "There are no AWS credentials here. Set AWS_PROFILE or cluster.eks.profile, or AWS_ACCESS_KEY_ID and"
        " AWS_SECRET_ACCESS_KEY; or log in: {log_in}.",
    ),
    (
        re.compile(rf"{re.escape(_CLUSTER)}(?s:.*)({_NO_CLUSTER.pattern})"),
        "There is no EKS cluster {name}{where}. Fix cluster.eks.name or its region, or use the credentials"
        " of the account that has it.",
    ),
    (
        re.compile(r"no such host|dial tcp|i/o timeout|connection refused|TLS handshake timeout"),
        "AWS cannot be reached from here: {first_line}. Check the network, the proxy and the region.",
    ),
    (re.compile(""), "AWS was asked about the EKS cluster {name}{where} and answered: {first_line}."),
)
"""What the text holds, and what it means; the first that fits."""


def aws_error(said: str, eks: Eks, region: str | None) -> str:
    """`said` is the text of the error that the look-up ended in."""
    meaning = next(meaning for pattern, meaning in _MEANINGS if pattern.search(said))
    profile = f" with the profile {eks.profile}" if eks.profile else ""
    return meaning.format(
        name=eks.name,
        where=f"{f' in {region}' if region else ''}{profile}",
        profile=eks.profile or "of the name that AWS_PROFILE has",
        log_in=f"aws sso login{f' --profile {eks.profile}' if eks.profile else ''}",
        no_right=_no_right(said),
        first_line=_first_line(said),
    )


def _no_right(said: str) -> str:
    named = _DENIED.search(said)
    action = named[1] if named else next((right for token, right in _ACTIONS.items() if token in said), "")
    lacking = f"lack the permission {action}" if action else f"lack a permission: {_first_line(said)}"
    return f"The AWS credentials {lacking}. Grant it to the role or user that they belong to, or use other credentials."


def _first_line(said: str) -> str:
    """The first line that says what is wrong, without the names of the calls before it."""
    lines = [_PREAMBLE.sub("", line.strip()).lstrip("*\t ") for line in said.splitlines()]
    told = [line for line in lines if line and not re.fullmatch(r"\d+ errors? occurred:", line)]
    return told[0].rstrip(".") if told else "nothing"
