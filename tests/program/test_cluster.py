"""How is the cluster reached? With no credential written down, and known by a name that outlives its address."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fairlead_mesh.cluster import Cluster, Eks, eks_kubeconfig

pytestmark = pytest.mark.mesh

ENDPOINT = "https://ABC.gr7.eu-west-1.eks.amazonaws.com"


def cluster(**keys: Any) -> Cluster:
    return Cluster.model_validate(keys)


def kubeconfig(*, region: str | None = "eu-west-1", **keys: Any) -> dict[str, Any]:
    eks = Eks.model_validate({"name": "mesh-dev", **keys})
    return json.loads(eks_kubeconfig(eks, endpoint=ENDPOINT, certificate_authority="Q0E=", region=region))


def exec_plugin(**keys: Any) -> dict[str, Any]:
    (user,) = kubeconfig(**keys)["users"]
    assert set(user["user"]) == {"exec"}
    return user["user"]["exec"]


def test_an_eks_kubeconfig_has_the_clusters_endpoint_and_authority() -> None:
    (described,) = kubeconfig()["clusters"]
    assert described["cluster"] == {"server": ENDPOINT, "certificate-authority-data": "Q0E="}


def test_an_eks_kubeconfig_has_one_context_that_leads_from_user_to_cluster() -> None:
    config = kubeconfig()
    (context,) = config["contexts"]
    assert config["current-context"] == context["name"] == "mesh-dev"
    assert context["context"] == {"cluster": config["clusters"][0]["name"], "user": config["users"][0]["name"]}


def test_an_eks_kubeconfig_holds_no_token_but_the_command_that_makes_one() -> None:
    plugin = exec_plugin()
    assert plugin["command"] == "aws"
    assert plugin["apiVersion"] == "client.authentication.k8s.io/v1beta1"
    assert plugin["interactiveMode"] == "Never"
    assert plugin["args"][:4] == ["eks", "get-token", "--cluster-name", "mesh-dev"]


def test_the_command_knows_region_profile_and_role() -> None:
    role = "arn:aws:iam::123456789012:role/deployer"
    arguments = exec_plugin(profile="dev", roleArn=role)["args"]
    assert arguments[-6:] == ["--region", "eu-west-1", "--profile", "dev", "--role-arn", role]


def test_the_command_leaves_out_what_is_not_known() -> None:
    assert exec_plugin(region=None)["args"] == ["eks", "get-token", "--cluster-name", "mesh-dev", "--output", "json"]


def test_the_kubeconfig_is_the_same_text_every_time() -> None:
    eks = Eks.model_validate({"name": "mesh-dev"})
    first, second = (eks_kubeconfig(eks, endpoint=ENDPOINT, certificate_authority="", region=None) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("keys", "identifier"),
    [
        ({"eks": {"name": "mesh-dev"}}, "eks/mesh-dev"),
        ({"eks": {"name": "mesh-dev", "profile": "other"}}, "eks/mesh-dev"),
        ({"kubeconfig": {"context": "kind-mesh"}}, "kubeconfig/kind-mesh"),
        ({"kubeconfig": {"context": "kind-mesh", "path": "elsewhere"}}, "kubeconfig/kind-mesh"),
    ],
)
def test_a_cluster_is_known_by_its_name_alone(keys: dict[str, Any], identifier: str) -> None:
    assert cluster(**keys).identifier == identifier


def test_load_balancers_get_an_address_on_eks_and_elsewhere_where_the_file_says_so() -> None:
    kind = {"kubeconfig": {"context": "kind"}}
    eks = {"eks": {"name": "mesh-dev"}}
    assert cluster(**eks).gives_addresses
    assert not cluster(**eks, loadBalancers=False).gives_addresses
    assert not cluster(**kind).gives_addresses
    assert cluster(**kind, loadBalancers=True).gives_addresses


def test_a_key_that_says_nothing_is_no_second_cluster() -> None:
    assert cluster(eks=None, kubeconfig={"context": "kind"}).identifier == "kubeconfig/kind"
