"""What does `pulumi up` say where AWS or the kubeconfig gives no cluster? One sentence with its remedy, no traceback.

The errors are as the engine hands them to a program: one gRPC error with the words of Pulumi's AWS provider.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest

from fairlead.evaluation.monitor import Answers
from fairlead.terminal.errors import UserError
from fairlead_mesh.aws.aws_errors import aws_error
from fairlead_mesh.cluster import Eks
from tests.fixtures.evaluated import EKS, evaluated

pytestmark = pytest.mark.snapshot

DESCRIBE = "operation error EKS: DescribeCluster, https response error StatusCode: 4"
USER = "User: arn:aws:sts::111122223333:assumed-role/ci/run is not authorized to perform:"
SAID = {
    "ResourceNotFoundException: No cluster found for name: mesh-dev.": "There is no EKS cluster mesh-dev in eu-west-1",
    "reading EKS Cluster (mesh-dev): couldn't find resource": "There is no EKS cluster mesh-dev in eu-west-1",
    f"{DESCRIBE}03, api error ExpiredTokenException: The security token included in the request is expired": "expired",
    f"{DESCRIBE}03, api error ExpiredToken: The provided token has expired.": "The AWS credentials have expired",
    "failed to refresh cached credentials, refresh cached SSO token failed": "The AWS credentials have expired",
    f"{DESCRIBE}03, api error UnrecognizedClientException: The security token included in the request is invalid.": (
        "AWS does not accept the credentials"
    ),
    "api error InvalidClientTokenId: The security token included in the request is invalid.": "AWS does not accept",
    f"{DESCRIBE}03, api error AccessDeniedException: {USER} eks:DescribeCluster on resource: x": (
        "lack the permission eks:DescribeCluster"
    ),
    f"api error AccessDenied: {USER} sts:AssumeRole on resource: x": "lack the permission sts:AssumeRole",
    "api error UnauthorizedOperation: You are not authorized to perform this operation.": "eks:DescribeCluster",
    "get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found": (
        "There are no AWS credentials here"
    ),
    "NoCredentialProviders: no valid providers in chain": "There are no AWS credentials here",
    "failed to sign request: failed to retrieve credentials: x": "There are no AWS credentials here",
    "failed to get shared config profile, prod": "no profile",
    "Invalid Configuration: Missing Region": "Set cluster.eks.region or aws:region",
    "dial tcp: lookup eks.eu-west-1.amazonaws.com: no such host": "AWS cannot be reached from here: dial tcp",
    "api error ServerException: Internal failure\nmore of it": "answered: api error ServerException: Internal failure.",
}


ACCOUNT: dict[str, dict[str, Any]] = {
    "getCluster": {
        "endpoint": "https://eks",
        "certificateAuthorities": [{"data": "Q0E="}],
        "vpcConfig": {"clusterSecurityGroupId": "sg-1", "securityGroupIds": [], "vpcId": "vpc-1"},
    },
    "getSecurityGroups": {"ids": ["sg-2"]},
    "getInstances": {"ids": ["i-1"]},
    "getNetworkInterfaces": {"ids": ["eni-1"]},
    "getNetworkInterface": {"securityGroups": ["sg-2"]},
    "getVpc": {"cidrBlock": "10.0.0.0/16", "cidrBlockAssociations": []},
    "getSecurityGroupRules": {"ids": []},
}


def account(token: str, _: dict[str, Any]) -> dict[str, Any]:
    """What AWS says where it says something."""
    return ACCOUNT[token.rpartition(":")[2]]


class RefusedError(grpc.RpcError):
    """A look-up that the engine answers with an error."""

    def __init__(self, token: str, said: str) -> None:
        super().__init__()
        inner = f"invocation of {token} returned an error: invoking {token}"
        self._said = f"{inner}: 1 error occurred:\n\t* {said}\n\n"

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self._said


def refusing(question: str, said: str) -> Answers:
    """An account that answers everything but this."""

    def answer(token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if token.endswith(f":{question}"):
            raise RefusedError(token, said)
        return account(token, arguments)

    return answer


def words(answers: Answers | None = None, **keys: Any) -> str:
    """What the program stops with; an exception of another class is the traceback that must not be."""
    with pytest.raises(UserError) as raised:
        evaluated(answers, **keys)
    return str(raised.value)


@pytest.mark.parametrize("mode", ["auto", "always", "off"])
@pytest.mark.parametrize("said", SAID)
def test_a_cluster_that_cannot_be_looked_up_is_one_sentence(mode: str, said: str) -> None:
    eks = {"eks": {"name": "mesh-dev", "region": "eu-west-1"}}
    told = words(refusing("getCluster", said), cluster=eks, securityRules=mode)
    assert SAID[said] in told
    assert "\n" not in told
    assert "invo" not in told


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("getSecurityGroups", "ec2:DescribeSecurityGroups"),
        ("getVpc", "ec2:DescribeVpcs"),
        ("getSecurityGroupRules", "ec2:DescribeSecurityGroupRules"),
    ],
)
def test_a_right_that_discovery_lacks_is_named(question: str, right: str) -> None:
    said = "api error UnauthorizedOperation: You are not authorized to perform this operation."
    assert f"lack the permission {right}" in words(refusing(question, said), cluster=EKS)


def test_every_meaning_ends_in_a_remedy() -> None:
    eks = Eks(name="mesh-dev", profile="prod")
    for said in SAID:
        told = aws_error(f"invoke of aws:eks/getCluster:getCluster failed: {said}", eks, None)
        assert told.endswith(".")
        assert "{" not in told


def test_the_profile_of_the_stack_stands_in_the_remedy() -> None:
    eks = {"eks": {"name": "mesh-dev", "profile": "prod"}}
    told = words(refusing("getCluster", "api error ExpiredToken: expired"), cluster=eks)
    assert "aws sso login --profile prod" in told


def test_a_cluster_that_is_being_created_has_to_be_waited_for() -> None:
    young = {**ACCOUNT["getCluster"], "status": "CREATING", "certificateAuthorities": []}
    told = words(lambda _token, _: young, cluster=EKS)
    assert "is CREATING and has no endpoint yet" in told
    assert "aws eks wait cluster-active --name mesh-dev" in told


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where an engine acts on what the program says."""
    for module in ("cluster", "eks_description"):
        monkeypatch.setattr(f"components.{module}.has_engine", lambda: True)


Kubeconfig = Callable[[str], str]


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kubeconfig:
    """Writes the kubeconfig that KUBECONFIG names, and gives its path."""
    file = tmp_path / "kubeconfig"
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'other'}:{file}")

    def write(text: str) -> str:
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


@pytest.mark.usefixtures("engine")
def test_a_context_that_is_gone_is_named_with_those_that_are_there(kubeconfig: Kubeconfig) -> None:
    file = kubeconfig("contexts: [{name: minikube}, {name: dev}]")
    told = words()
    assert f"The kubeconfig {file} has no context kind: it has dev, minikube." in told
    assert "cluster.kubeconfig.context" in told


@pytest.mark.usefixtures("engine")
def test_a_cluster_that_is_gone_can_be_dropped_from_the_state(
    kubeconfig: Kubeconfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubeconfig("contexts: [{name: minikube}]")
    monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
    assert evaluated().resources


@pytest.mark.usefixtures("engine")
def test_a_context_that_is_there_is_taken(kubeconfig: Kubeconfig) -> None:
    file = kubeconfig("contexts: [{name: kind}]")
    assert evaluated().resources
    assert evaluated(cluster={"kubeconfig": {"context": "kind", "path": file}}).resources


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("text", ["", "[]", "contexts: x", "contexts: [x, {}]"])
def test_a_kubeconfig_of_another_form_has_no_context(kubeconfig: Kubeconfig, text: str) -> None:
    kubeconfig(text)
    assert "has no context kind: it has none" in words()


@pytest.mark.usefixtures("engine")
def test_a_kubeconfig_that_cannot_be_read_is_named(kubeconfig: Kubeconfig, tmp_path: Path) -> None:
    kubeconfig("a: b: c")
    assert "kubeconfig is not valid YAML" in words()
    folder = {"kubeconfig": {"context": "kind", "path": str(tmp_path)}}
    assert f"The kubeconfig {tmp_path} cannot be read: Is a directory." in words(cluster=folder)


@pytest.mark.usefixtures("engine")
def test_a_kubeconfig_that_is_not_there_is_said_by_who_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    assert "There is no kubeconfig ~/.kube/config" in words()
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "gone"))
    assert f"KUBECONFIG is {tmp_path}/gone, and there is no such file" in words()
    named = {"kubeconfig": {"context": "kind", "path": "/nonexistent"}}
    assert "cluster.kubeconfig.path is /nonexistent, and there is no such file" in words(cluster=named)


def test_without_an_engine_no_kubeconfig_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "gone"))
    monkeypatch.setenv("PATH", "/nonexistent")
    assert evaluated().resources
    assert evaluated(account, cluster=EKS).resources


@pytest.mark.usefixtures("engine")
def test_an_aws_command_line_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert "aws is not on PATH" in words(account, cluster=EKS)
