"""What does `doctor` see in AWS? Asked of an account of the tests, by AWS's own SDK."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fairlead.cloud.account import Account, AwsError
from fairlead.doctor.closed_ports import closed_ports
from fairlead.lifecycle.up import closed_to_the_control_plane
from tests.fixtures.examined import GATEWAY, ON_EKS, examined, seen

pytestmark = [pytest.mark.snapshot, pytest.mark.process]

REGION = "eu-west-1"
NAME = "mesh-dev"
TAG = f"kubernetes.io/cluster/{NAME}"


class NoCluster:
    """A cluster with nothing on it."""

    def server_version(self) -> str:
        return "v1.34.1"

    def read_all(self, _: Any) -> dict[Any, Any]:
        return {}


NOWHERE: Any = NoCluster()


class World:
    """An account with one VPC and one EKS cluster in it."""

    def __init__(self) -> None:
        self.ec2, self.elbv2 = boto3.client("ec2"), boto3.client("elbv2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [self.subnet("10.0.0.0/24", "a"), self.subnet("10.0.1.0/24", "b")]
        boto3.client("eks").create_cluster(
            name=NAME,
            roleArn="arn:aws:iam::123456789012:role/eks",
            resourcesVpcConfig={"subnetIds": self.subnets},
        )

    def subnet(self, cidr: str, zone: str, **tags: str) -> str:
        made = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}")
        found = str(made["Subnet"]["SubnetId"])
        self.tag(found, **tags)
        return found

    def tag(self, resource: str, **tags: str) -> None:
        if tags:
            self.ec2.create_tags(Resources=[resource], Tags=[{"Key": key, "Value": tags[key]} for key in tags])

    def group(self, name: str, *, tagged: bool) -> str:
        made = str(self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"])
        self.tag(made, **({TAG: "owned"} if tagged else {}))
        return made

    def node(self, *groups: str) -> None:
        tags = [{"Key": "eks:cluster-name", "Value": NAME}]
        self.ec2.run_instances(
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            SubnetId=self.subnets[0],
            SecurityGroupIds=list(groups),
            TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
        )


@pytest.fixture
def aws(aws_server: str) -> World:
    assert aws_server
    return World()


@pytest.mark.usefixtures("aws")
def test_the_account_and_its_cluster_are_named() -> None:
    ((verdict, text),) = seen("aws_account", examined(NOWHERE, **ON_EKS))
    assert verdict == "ok"
    assert text.startswith("mesh-dev in eu-west-1 is ACTIVE, asked as arn:aws:sts::123456789012:")


@pytest.mark.usefixtures("aws")
def test_a_cluster_that_is_gone_is_said() -> None:
    boto3.client("eks").delete_cluster(name=NAME)
    found = examined(NOWHERE, **ON_EKS)
    assert seen("aws_account", found) == [
        ("failed", "there is no EKS cluster mesh-dev in eu-west-1 of account 123456789012")
    ]
    assert seen("subnets", found) == [("skipped", "there is no such EKS cluster")]


def test_subnets_are_found_by_the_tag_of_the_scheme(aws: World) -> None:
    ((verdict, text),) = seen("subnets", examined(NOWHERE, **ON_EKS))
    assert verdict == "warning"
    assert text.startswith(f"no subnet of {aws.vpc} has the tag kubernetes.io/role/elb:")
    for each in aws.subnets:
        aws.tag(each, **{"kubernetes.io/role/elb": "1"})
    assert seen("subnets", examined(NOWHERE, **ON_EKS)) == [
        ("ok", "2 subnets in 2 zones for internet-facing load balancers")
    ]
    tiny = aws.subnet("10.0.9.0/28", "c", **{"kubernetes.io/role/elb": "1"})
    for number in range(4, 10):
        aws.ec2.create_network_interface(SubnetId=tiny, PrivateIpAddress=f"10.0.9.{number}")
    assert seen("subnets", examined(NOWHERE, **ON_EKS)) == [("warning", f"fewer than 8 addresses are free in {tiny}")]


def test_two_tagged_groups_on_an_interface_stop_the_controller(aws: World) -> None:
    assert seen("node_groups", examined(NOWHERE, **ON_EKS)) == [("skipped", "no node of the cluster runs")]
    one, two, other = aws.group("one", tagged=True), aws.group("two", tagged=True), aws.group("other", tagged=False)
    aws.node(one, other)
    assert [verdict for verdict, _ in seen("node_groups", examined(NOWHERE, **ON_EKS))] == ["ok"]
    aws.node(one, two)
    both = " and ".join(sorted((one, two)))
    assert seen("node_groups", examined(NOWHERE, **ON_EKS)) == [
        ("failed", f"1 network interfaces of nodes: {both} have the tag {TAG}; the controller wants one")
    ]


def test_an_interface_without_a_tagged_group_stops_the_controller(aws: World) -> None:
    aws.node(aws.group("three", tagged=False), aws.group("four", tagged=False))
    ((verdict, text),) = seen("node_groups", examined(NOWHERE, **ON_EKS))
    assert (verdict, "none of their groups has the tag" in text) == ("failed", True)


CONTROL_PLANE = "sg-0c0c0c0c0c0c0c0c0"
CLOSED: dict[str, Any] = {**ON_EKS, "securityGroups": {"controlPlane": CONTROL_PLANE}}


def test_the_port_of_the_webhooks_is_closed_until_one_group_of_the_interface_opens_it(aws: World) -> None:
    assert closed_ports(examined(NOWHERE, **CLOSED)) == []
    tagged, other = aws.group("tagged", tagged=True), aws.group("other", tagged=False)
    aws.node(tagged, other)
    (closed,) = closed_ports(examined(NOWHERE, **CLOSED))
    both = sorted((tagged, other))
    said = f"port 15017 is closed from {CONTROL_PLANE} (the control plane) to {' and '.join(both)} (nodes)"
    assert str(closed) == said
    assert closed.remedy.endswith(f"--group-id {both[0]} --protocol tcp --port 15017 --source-group {CONTROL_PLANE}")
    (cause,) = closed_to_the_control_plane(examined(NOWHERE, **CLOSED))
    assert str(cause).startswith(f"istiod's webhooks: {said}; set securityRules: auto, or open it: aws ec2 authorize-")
    permission = {"IpProtocol": "tcp", "FromPort": 15000, "ToPort": 15020}
    for group, source in ((other, "10.0.0.0/24"), (other, "10.0.0.0/16")):
        assert closed_ports(examined(NOWHERE, **CLOSED)) == [closed]
        permissions = [{**permission, "IpRanges": [{"CidrIp": source}]}]
        aws.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permissions)
    assert closed_ports(examined(NOWHERE, **CLOSED)) == []


def certified(*arns: str) -> dict[str, Any]:
    ports = [{"name": "http", "port": 80}, {"name": "https", "port": 443, "protocol": "HTTP"}]
    tls = {"certificates": list(arns), "ports": ["https"]}
    return {**ON_EKS, "gateways": [{**GATEWAY, "ports": ports, "loadBalancer": {"tls": tls}}]}


def self_signed(days: int) -> str:
    """The ARN of a certificate that ends after so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dev.example.com")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=days))
    form = (serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    made = boto3.client("acm").import_certificate(
        Certificate=builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM),
        PrivateKey=key.private_bytes(serialization.Encoding.PEM, *form),
    )
    return str(made["CertificateArn"])


@pytest.mark.usefixtures("aws")
def test_a_certificate_that_nobody_validated_is_not_taken() -> None:
    arn = boto3.client("acm").request_certificate(DomainName="dev.example.com", ValidationMethod="DNS")[
        "CertificateArn"
    ]
    uuid = arn.rpartition("/")[2]
    assert seen("certificates", examined(NOWHERE, **certified(arn))) == [
        ("failed", f"certificate {uuid} of front is PENDING_VALIDATION")
    ]
    missing, elsewhere = f"{arn[:-4]}0000", arn.replace(REGION, "us-east-1")
    assert seen("certificates", examined(NOWHERE, **certified(missing, elsewhere))) == [
        ("failed", f"certificate {missing.rpartition('/')[2]} of front does not exist"),
        ("failed", f"certificate {uuid} of front is of us-east-1, the cluster of eu-west-1"),
    ]


@pytest.mark.usefixtures("aws")
def test_a_certificate_that_ends_soon_is_said() -> None:
    fresh, old = self_signed(90), self_signed(10)
    found = seen("certificates", examined(NOWHERE, **certified(fresh, old)))
    assert [verdict for verdict, _ in found] == ["ok", "warning"]
    assert f"ends on {datetime.now(UTC) + timedelta(days=10):%Y-%m-%d}" in found[1][1]


def test_the_quota_of_load_balancers_is_held_against_those_that_are_there(aws: World) -> None:
    assert seen("load_balancer_quota", examined(NOWHERE, **ON_EKS)) == [
        ("ok", "0 of 50 Network Load Balancers are used in eu-west-1; the stack adds 1")
    ]
    for number in range(50):
        aws.elbv2.create_load_balancer(Name=f"lb-{number}", Type="network", Subnets=aws.subnets[:1])
    assert seen("load_balancer_quota", examined(NOWHERE, **ON_EKS)) == [
        ("failed", "50 of 50 Network Load Balancers are used in eu-west-1, and the stack adds 1")
    ]


def test_who_has_no_credentials_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(AwsError, match="AWS cannot be asked: Unable to locate credentials") as caught:
        Account(REGION).ask("sts", "get_caller_identity")
    assert "aws sso login" in caught.value.remedy


def test_off_eks_nothing_is_asked_of_aws() -> None:
    checks = ("aws_account", "subnets", "node_groups", "certificates", "load_balancer_quota")
    found = examined(NOWHERE)
    assert {seen(each, found)[0][0] for each in checks} == {"skipped"}
