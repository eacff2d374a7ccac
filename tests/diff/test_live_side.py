"""What does a cluster have of a stack, and which cluster is it? Asked of a cluster that is made up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import boto3
import pytest

from fairlead.cloud.account import AwsError
from fairlead.cluster.answers import Ref
from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.openapi import Schemas
from fairlead.drift.live_side import live_side, without_hooks
from fairlead.drift.stack_cluster import Named, stack_cluster
from fairlead.evaluation.snapshot import UNKNOWN, Resource
from fairlead.terminal.errors import UserError
from fairlead_mesh.cluster import Eks
from tests.fixtures.compared import release, side
from tests.fixtures.hand_made import known, namespace_patch, stack
from tests.fixtures.runs.kubeconfig_files import kubeconfig_file

pytestmark = pytest.mark.mesh

SETTINGS = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "shop"}}


class MadeUp:
    """A cluster of these objects, as far as drift asks."""

    host = "https://cluster.example.com"

    def __init__(self, *objects: Mapping[str, Any]) -> None:
        self._objects = {self.ref(each): dict(each) for each in objects}
        self.schemas = Schemas(lambda _: {})

    def ref(self, manifest: Mapping[str, Any]) -> Ref:
        metadata = manifest["metadata"]
        return Ref(manifest["apiVersion"], manifest["kind"], metadata.get("namespace", ""), metadata["name"])

    def read_all(self, refs: Iterable[Ref]) -> dict[Ref, dict[str, Any]]:
        return {ref: self._objects[ref] for ref in refs if ref in self._objects}


def cluster(*objects: Mapping[str, Any]) -> LiveCluster:
    return cast("LiveCluster", MadeUp(*objects))


def installed(*objects: Mapping[str, Any]) -> Any:
    found = side([release("istiod", "istiod")])
    (urn,) = [each.urn for each in found.snapshot.resources if each.is_release]
    return replace(found, charts={urn: objects})


def test_a_release_with_none_of_its_objects_is_not_installed() -> None:
    there, _ = live_side(installed(SETTINGS), cluster())
    assert there.releases == {}
    there, _ = live_side(installed(SETTINGS), cluster(SETTINGS))
    assert list(there.releases) == ["istio-system/istiod"]


def test_an_object_of_a_chart_without_a_namespace_is_in_that_of_its_release() -> None:
    plain = {**SETTINGS, "metadata": {"name": "settings"}}
    placed = {**SETTINGS, "metadata": {"name": "settings", "namespace": "istio-system"}}
    there, _ = live_side(installed(plain), cluster(placed))
    assert [dict(each) for objects in there.charts.values() for each in objects] == [plain]


def test_what_a_chart_runs_once_is_left_out() -> None:
    hook = {**SETTINGS, "metadata": {"name": "once", "annotations": {"helm.sh/hook": "pre-install"}}}
    assert list(without_hooks(installed(SETTINGS, hook)).charts.values()) == [(SETTINGS,)]


def test_a_patch_is_not_asked_who_set_the_rest_of_the_object() -> None:
    sent = namespace_patch("shop", {"istio-injection": "enabled"})
    labels = {"istio-injection": "enabled", "team": "web"}
    record = [{"manager": "kubectl-label", "fieldsV1": {"f:metadata": {"f:labels": {"f:team": {}}}}}]
    live = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}
    live["metadata"]["managedFields"] = record
    found, _ = live_side(replace(side([]), snapshot=stack(sent)), cluster(live))
    assert found.snapshot.resources == (sent,)


def test_what_is_being_deleted_is_said() -> None:
    going = {**SETTINGS, "metadata": {**SETTINGS["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z"}}
    _, notes = live_side(side([SETTINGS]), cluster(going))
    assert notes == ["ConfigMap shop/settings is being deleted."]


def kubeconfig(folder: Path, *contexts: str) -> Path:
    return kubeconfig_file(folder, *contexts, server="https://{number}.example")


def provider(**inputs: str) -> Resource:
    return known("pulumi:providers:kubernetes", "kubernetes", inputs)


DEFAULT_KUBECONFIG = "kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION"
"""What the client read of KUBECONFIG when it was loaded."""
ARN = "arn:aws:eks:eu-west-1:111122223333:cluster/"


@pytest.mark.parametrize("name", ["mesh-dev", f"{ARN}mesh-dev", "me@mesh-dev.eu-west-1.eksctl.io"])
def test_the_context_of_an_eks_cluster_is_found_by_its_usual_names(tmp_path: Path, name: str) -> None:
    file = kubeconfig(tmp_path, f"{ARN}mesh-dev-2", "mesh-dev.example", name)
    snapshot = stack(provider(kubeconfig="[unknown]", clusterIdentifier="eks/mesh-dev"))
    assert stack_cluster(snapshot, tmp_path, Named(file)).host == "https://2.example"


@pytest.mark.parametrize("contexts", [["minikube"], ["mesh-dev", f"{ARN}mesh-dev"]])
def test_the_current_context_is_never_taken_for_an_eks_cluster(tmp_path: Path, contexts: list[str]) -> None:
    snapshot = stack(provider(kubeconfig="[unknown]", clusterIdentifier="eks/mesh-dev"))
    with pytest.raises(UserError, match="is not clear") as raised:
        stack_cluster(snapshot, tmp_path, Named(kubeconfig(tmp_path, *contexts)))
    assert "--context" in raised.value.remedy


@pytest.mark.process
def test_an_eks_cluster_that_no_kubeconfig_has_is_asked_for(
    tmp_path: Path, aws_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert aws_server
    made = boto3.client("eks").create_cluster(
        name="mesh-dev", roleArn="arn:aws:iam::123456789012:role/eks", resourcesVpcConfig={"subnetIds": ["subnet-1"]}
    )
    aws = tmp_path / "aws"
    status = {"token": "t", "expirationTimestamp": "2126-01-01T00:00:00Z"}
    answer = {"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1", "status": status}
    aws.write_text(f"#!/bin/sh\necho '{json.dumps(answer)}'\n", encoding="utf-8")
    aws.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(DEFAULT_KUBECONFIG, str(tmp_path / "none"))
    snapshot = stack(provider(kubeconfig=UNKNOWN, clusterIdentifier="eks/mesh-dev"))
    eks = Eks(name="mesh-dev", region="eu-west-1")
    assert stack_cluster(snapshot, tmp_path, Named(), eks).host == made["cluster"]["endpoint"].rstrip("/")
    with pytest.raises(AwsError, match="No cluster found for name: other"):
        stack_cluster(snapshot, tmp_path, Named(), eks.model_copy(update={"name": "other"}))
    there = kubeconfig(tmp_path, "mesh-dev")
    monkeypatch.setattr(DEFAULT_KUBECONFIG, str(there))
    assert stack_cluster(snapshot, tmp_path, Named(), eks).host == "https://0.example"


def test_the_stacks_own_kubeconfig_and_context_are_taken_unless_others_are_named(tmp_path: Path) -> None:
    kubeconfig(tmp_path, "one", "two")
    snapshot = stack(provider(kubeconfig="kubeconfig", context="two", clusterIdentifier="kubeconfig/two"))
    assert stack_cluster(snapshot, tmp_path, Named()).host == "https://1.example"
    assert stack_cluster(snapshot, tmp_path, Named(context="one")).host == "https://0.example"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b: c", "is not a kubeconfig"),
        ("[]", "is not a kubeconfig"),
        ("\x00", "is not a kubeconfig"),
        (None, "cannot be read"),
    ],
)
@pytest.mark.parametrize("identifier", ["eks/mesh-dev", "kubeconfig/one"])
def test_a_kubeconfig_that_is_none_is_a_sentence(tmp_path: Path, text: str | None, words: str, identifier: str) -> None:
    file = tmp_path / "kubeconfig"
    if text is None:
        file.mkdir()
    else:
        file.write_text(text, encoding="utf-8")
    context = {} if identifier.startswith("eks") else {"context": "one"}
    snapshot = stack(provider(kubeconfig=UNKNOWN, clusterIdentifier=identifier, **context))
    with pytest.raises(UserError, match=words) as raised:
        stack_cluster(snapshot, tmp_path, Named(file))
    assert raised.value.remedy


@pytest.mark.parametrize("command", ["aws-that-is-not-there", "false"])
def test_a_program_that_makes_no_token_is_said_and_nothing_is_asked_as_nobody(
    tmp_path: Path, command: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = kubeconfig(tmp_path, "one")
    document = json.loads(file.read_text(encoding="utf-8"))
    made = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": command}
    document["users"][0]["user"] = {"exec": made}
    file.write_text(json.dumps(document), encoding="utf-8")
    snapshot = stack(provider(clusterIdentifier="kubeconfig/one", context="one"))
    with pytest.raises(UserError, match="credentials cannot be obtained") as raised:
        stack_cluster(snapshot, tmp_path, Named(file))
    assert "on PATH" in raised.value.remedy
    assert caplog.records


def test_a_role_that_may_read_nothing_finds_no_drift_but_says_so() -> None:
    class Refusing(MadeUp):
        def read_all(self, refs: Iterable[Ref]) -> dict[Ref, dict[str, Any]]:
            raise RefusedError(403, f"{next(iter(refs)).kind} is forbidden")

    with pytest.raises(UserError, match="nothing of the stack may be read: ConfigMap is forbidden"):
        live_side(side([SETTINGS]), cast("LiveCluster", Refusing()))
