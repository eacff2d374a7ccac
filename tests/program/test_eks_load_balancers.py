"""How are load balancers made on EKS: by whom, at which addresses, behind which groups, and when are pods ready?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.evaluation.snapshot import UNKNOWN, Snapshot
from fairlead.preview.open_answers import BY_CONTROLLER, UNLESS_OPEN, asked_of_aws, maker_is_open, remark
from fairlead.terminal.errors import UserError
from fairlead_mesh.ownership import STACK_LABEL
from tests.fixtures.aws_account import CLUSTER, IPV6, IPV6_CLUSTER, IPV6_VPC, Aws, opened, rule
from tests.fixtures.evaluated import EKS, evaluated, kinds, one

pytestmark = pytest.mark.snapshot


class TestIpv6:
    """A cluster whose pods and Services have IPv6 addresses."""

    def test_a_rule_for_ipv4_is_no_cover_and_one_for_the_vpcs_ipv6_is(self) -> None:
        for cidr, missing in (("cidrIpv4", 2), ("cidrIpv6", 0)):
            whole = rule(None, source="") | {cidr: IPV6 if cidr == "cidrIpv6" else "0.0.0.0/0"}
            aws = Aws(whole, ip_family="ipv6", vpc=IPV6_VPC)
            assert len(opened(evaluated(aws, cluster=IPV6_CLUSTER))) == missing

    def test_a_second_network_of_the_vpc_is_to_be_covered_too(self) -> None:
        both = [{"ipv6CidrBlock": each} for each in (IPV6, "2600:1f18:2:2000::/56")]
        more = {"ipv6CidrBlockAssociations": both}
        aws = Aws(rule(None, source="") | {"cidrIpv6": IPV6}, ip_family="ipv6", vpc=more)
        assert len(opened(evaluated(aws, cluster=IPV6_CLUSTER))) == 2

    def test_the_front_group_admits_and_reaches_ipv6(self) -> None:
        gateway = {"name": "istio-ingress", "loadBalancer": {"allowFrom": {"cidrs": ["0.0.0.0/0"]}}}
        snapshot = evaluated(Aws(ip_family="ipv6", vpc=IPV6_VPC), cluster=IPV6_CLUSTER, gateways=[gateway])
        assert one(snapshot, "SecurityGroupIngressRule", "istio-ingress-front-80----0").inputs["cidrIpv6"] == "::/0"
        assert out_of_front(snapshot) == {(80, IPV6), (15021, IPV6)}
        annotations = service(snapshot)["annotations"]
        assert annotations["service.beta.kubernetes.io/aws-load-balancer-ip-address-type"] == "dualstack"

    @pytest.mark.parametrize(("said", "is_family"), [("ipv4", "ipv6"), ("ipv6", "ipv4")])
    def test_a_family_that_is_not_the_clusters_is_refused_before_anything_is_made(
        self, said: str, is_family: str
    ) -> None:
        with pytest.raises(UserError) as caught:
            evaluated(Aws(ip_family=is_family), cluster={"eks": {"name": CLUSTER, "ipFamily": said}})
        assert f'fairlead:cluster.eks.ipFamily: "{said}"' in str(caught.value)
        assert f"write ipFamily: {is_family}" in str(caught.value)


def service(snapshot: Snapshot) -> dict[str, Any]:
    return one(snapshot, "Release", "istio-ingress").inputs["values"]["service"]


def out_of_front(snapshot: Snapshot) -> set[tuple[int, str]]:
    rules = [each.inputs for each in snapshot.resources if each.type.endswith("SecurityGroupEgressRule")]
    assert all(each["ipProtocol"] == "tcp" and each["fromPort"] == each["toPort"] for each in rules)
    return {(each["fromPort"], each.get("cidrIpv4") or each["cidrIpv6"]) for each in rules}


GUARDED = {"name": "istio-ingress", "loadBalancer": {"allowFrom": {"cidrs": ["203.0.113.0/24"]}}}


class TestFrontGroup:
    """The security group before a load balancer with `allowFrom`."""

    def test_it_reaches_the_pods_networks_on_their_ports_and_nothing_else(self) -> None:
        more = {"cidrBlockAssociations": [{"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "100.64.0.0/16"}]}
        snapshot = evaluated(Aws(vpc=more), cluster=EKS, gateways=[GUARDED | {"ports": [{"port": 80}, {"port": 8443}]}])
        networks = ("10.0.0.0/16", "100.64.0.0/16")
        assert out_of_front(snapshot) == {(port, cidr) for port in (80, 8443, 15021) for cidr in networks}

    def test_a_network_that_the_vpc_had_is_none_of_its(self) -> None:
        assert out_of_front(evaluated(Aws(), cluster=EKS, gateways=[GUARDED])) == {
            (80, "10.0.0.0/16"),
            (15021, "10.0.0.0/16"),
        }

    def test_its_rules_have_their_names_with_an_answer_and_without(self) -> None:
        for answers, cidr in ((Aws(), "10.0.0.0/16"), (None, UNKNOWN)):
            snapshot = evaluated(answers, cluster=EKS, gateways=[GUARDED])
            assert one(snapshot, "SecurityGroupEgressRule", "istio-ingress-front-to-pods-80").inputs["cidrIpv4"] == cidr

    def test_nobody_is_asked_for_networks_where_no_load_balancer_is_guarded(self) -> None:
        aws = Aws()
        evaluated(aws, cluster=EKS, securityRules="off", gateways=[{"name": "istio-ingress"}])
        assert set(aws.asked) == {"getCluster"}


def labels(snapshot: Snapshot, namespace: str) -> dict[str, str]:
    """Those of a namespace, without the one that names the stack and those of Pod Security."""
    metadata = one(snapshot, "Namespace", namespace).inputs["metadata"]
    return {
        key: value for key, value in metadata["labels"].items() if not key.startswith(("pod-security", STACK_LABEL))
    }


class TestMaker:
    """Who makes the load balancers: the AWS Load Balancer Controller, EKS Auto Mode, or whichever is there."""

    @staticmethod
    def cluster(maker: str) -> dict[str, Any]:
        return {"eks": {"name": CLUSTER, "loadBalancer": maker}}

    def labels(self, maker: str) -> dict[str, str]:
        snapshot = evaluated(cluster=self.cluster(maker), gateways=[GUARDED])
        return labels(snapshot, "istio-ingress")

    def test_the_controllers_load_balancer_is_of_its_class_behind_a_front_group(self) -> None:
        snapshot = evaluated(cluster=EKS, gateways=[GUARDED])
        assert service(snapshot)["loadBalancerClass"] == "service.k8s.aws/nlb"
        assert "SecurityGroup" in kinds(snapshot)

    def test_auto_modes_load_balancer_names_its_networks_itself(self) -> None:
        snapshot = evaluated(cluster=self.cluster("autoMode"), gateways=[GUARDED])
        assert service(snapshot)["loadBalancerClass"] == "eks.amazonaws.com/nlb"
        assert service(snapshot)["loadBalancerSourceRanges"] == ["203.0.113.0/24"]
        assert not {"SecurityGroup", "SecurityGroupEgressRule"} & kinds(snapshot)

    @pytest.mark.parametrize("auto_mode", [True, False])
    def test_auto_takes_the_one_that_is_there(self, auto_mode: bool) -> None:
        aws = Aws(auto_mode=auto_mode)
        snapshot = evaluated(aws, cluster=self.cluster("auto"), gateways=[GUARDED])
        said = evaluated(aws, cluster=self.cluster("autoMode" if auto_mode else "controller"), gateways=[GUARDED])
        assert service(snapshot) == service(said)
        assert ("SecurityGroup" in kinds(snapshot)) == (not auto_mode)

    def test_auto_stays_open_where_nobody_answers(self) -> None:
        rendered = service(evaluated(cluster=self.cluster("auto"), gateways=[GUARDED]))
        assert (rendered["loadBalancerClass"], rendered["loadBalancerSourceRanges"]) == (UNKNOWN, UNKNOWN)
        assert rendered["annotations"]["service.beta.kubernetes.io/aws-load-balancer-type"] == UNKNOWN
        assert rendered["annotations"]["service.beta.kubernetes.io/aws-load-balancer-scheme"] == "internet-facing"

    def test_a_preview_says_what_hangs_on_who_makes_the_load_balancer(self) -> None:
        snapshot = evaluated(cluster=self.cluster("auto"), gateways=[GUARDED])
        by_name = {each.name: each for each in snapshot.resources}
        asked = {"rules_looked_up": True, "maker_is_open": maker_is_open(snapshot)}
        for name in ("istio-ingress-front", "istio-ingress-front-80-203.0.113.0-24", "istio-ingress-front-to-pods-80"):
            assert BY_CONTROLLER in remark(by_name[name], **asked)
        assert remark(by_name["webhooks-nodes"], **asked) == UNLESS_OPEN
        assert "what creates the load balancers" in asked_of_aws(snapshot)[0]
        said = evaluated(cluster=EKS, gateways=[GUARDED])
        assert not maker_is_open(said)
        assert "what creates the load balancers" not in asked_of_aws(said)[0]

    def test_auto_mode_that_makes_no_load_balancers_is_refused(self) -> None:
        with pytest.raises(UserError) as caught:
            evaluated(Aws(auto_mode=False), cluster=self.cluster("autoMode"))
        assert 'fairlead:cluster.eks.loadBalancer: "autoMode"' in str(caught.value)
        assert "write loadBalancer: controller" in str(caught.value)

    def test_the_controller_beside_auto_mode_is_asked_about(self, monkeypatch: pytest.MonkeyPatch) -> None:
        said: list[str] = []
        monkeypatch.setattr("pulumi.log.warn", said.append)
        evaluated(Aws(auto_mode=True), cluster=EKS)
        assert "loadBalancer: autoMode" in "".join(said)

    def test_new_pods_wait_until_the_load_balancer_finds_them_healthy(self) -> None:
        gates = ("elbv2.k8s.aws/pod-readiness-gate-inject", "eks.amazonaws.com/pod-readiness-gate-inject")
        assert self.labels("controller") == {gates[0]: "enabled"}
        assert self.labels("autoMode") == {gates[1]: "enabled"}
        assert self.labels("auto") == dict.fromkeys(gates, "enabled")

    def test_no_pod_waits_where_no_load_balancer_of_aws_is(self) -> None:
        inside = {"name": "inside", "expose": "nodePort"}
        for snapshot in (evaluated(cluster=EKS, gateways=[inside]), evaluated(gateways=[{"name": "inside"}])):
            assert labels(snapshot, "inside") == {}

    def test_a_label_of_the_stack_file_wins_and_the_controllers_own_namespace_gets_none(self) -> None:
        label = "elbv2.k8s.aws/pod-readiness-gate-inject"
        namespaces = [{"name": "edge", "labels": {label: "disabled"}}, {"name": "kube-system"}]
        gateways = [{"name": name, "namespace": name} for name in ("edge", "kube-system")]
        snapshot = evaluated(cluster=EKS, gateways=gateways, namespaces=namespaces)
        assert labels(snapshot, "edge") == {label: "disabled"}
        assert "labels" not in one(snapshot, "NamespacePatch", "kube-system").inputs["metadata"]

    def test_a_rollout_that_waits_for_the_load_balancer_has_the_time_for_it(self) -> None:
        gateways = [{"name": "istio-ingress"}, {"name": "inside", "expose": "clusterIP"}]
        snapshot = evaluated(cluster=EKS, gateways=gateways)
        assert one(snapshot, "Release", "istio-ingress").inputs["timeout"] == 900
        assert "timeout" not in one(snapshot, "Release", "inside").inputs
