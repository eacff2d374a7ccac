"""What is looked at? The stack's config, what the program makes of it, its cluster and its AWS account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fairlead.cloud.account import Account, AwsError
from fairlead.cluster.answers import Ref
from fairlead.cluster.applied_names import ref_of_inputs
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.doctor.finding import Skip
from fairlead.drift.stack_cluster import Named, stack_cluster
from fairlead.evaluation.snapshot import Resource, Snapshot
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.described_mesh import described_mesh
from fairlead.yaml_files.stack_file import StackFile
from fairlead_mesh.cluster import Eks
from fairlead_mesh.config import Config
from fairlead_mesh.model.objects.yaml_values import as_list, as_map


@dataclass
class Examined:
    """One stack. `connect` opens its cluster, and is None where only this machine is looked at."""

    program: Path
    config: Config
    snapshot: Snapshot
    connect: Callable[[], LiveCluster] | None = None

    @cached_property
    def cluster(self) -> LiveCluster:
        """Raises Skip where no cluster is asked, or the one that is does not answer."""
        if self.connect is None:
            raise Skip("the cluster is asked with --live")
        if isinstance(self._connected, UserError):
            raise Skip("the cluster does not answer")
        return self._connected

    @cached_property
    def _connected(self) -> LiveCluster | UserError:
        try:
            if self.connect is None:
                return UserError("no cluster is asked")
            cluster = self.connect()
            cluster.server_version()
        except UserError as error:
            return error
        return cluster

    @property
    def unreachable(self) -> UserError | None:
        """Why the cluster does not answer."""
        return self._connected if isinstance(self._connected, UserError) else None

    def reached(self) -> LiveCluster:
        """The cluster. Raises UserError where it does not answer."""
        if error := self.unreachable:
            raise error
        return self.cluster

    @property
    def eks(self) -> Eks:
        """Raises Skip off EKS."""
        if self.config.cluster.eks is None:
            raise Skip("the cluster is not on EKS")
        return self.config.cluster.eks

    @cached_property
    def account(self) -> Account:
        """Raises Skip off EKS, and where AWS is not asked."""
        eks = self.eks
        if self.connect is None:
            raise Skip("AWS is asked with --live")
        return Account(eks.region, eks.profile)

    @cached_property
    def description(self) -> dict[str, Any] | None:
        """What EKS says of the cluster; None where it does not know it."""
        try:
            return as_map(self.account.ask("eks", "describe_cluster", name=self.eks.name).get("cluster"))
        except AwsError as error:
            if error.code == "ResourceNotFoundException":
                return None
            raise

    @cached_property
    def vpc(self) -> str:
        """Of the EKS cluster: as it is described, else that of its subnets."""
        if self.description is None:
            raise Skip("there is no such EKS cluster")
        config = as_map(self.description.get("resourcesVpcConfig"))
        if found := config.get("vpcId"):
            return str(found)
        subnets = self.account.listed("ec2", "describe_subnets", "Subnets", SubnetIds=as_list(config.get("subnetIds")))
        return str(subnets[0]["VpcId"])

    @property
    def cluster_groups(self) -> list[str]:
        """The security groups of the control plane, as EKS describes the cluster."""
        network = as_map((self.description or {}).get("resourcesVpcConfig"))
        groups = [network.get("clusterSecurityGroupId"), *as_list(network.get("securityGroupIds"))]
        return [str(each) for each in groups if each]

    @property
    def has_auto_mode(self) -> bool:
        """Whether EKS Auto Mode is on: only there is this kind (EKS user guide, automode)."""
        return ("eks.amazonaws.com/v1", "NodeClass") in self.cluster.kinds()

    @property
    def objects(self) -> Iterator[tuple[Ref, Resource]]:
        """Those that the stack applies itself, apart from what its charts bring."""
        for each in self.snapshot.resources:
            if each.is_kubernetes_object and not each.type.endswith("Patch") and (ref := ref_of_inputs(each.inputs)):
                yield ref, each

    def live(self, api_version: str, kind: str, namespace: str = "", selector: str = "") -> dict[Ref, dict[str, Any]]:
        """The objects of a kind on the cluster; none where it does not have the kind."""
        if not self.cluster.knows({"apiVersion": api_version, "kind": kind}):
            return {}
        return self.cluster.labelled(api_version, kind, namespace, selector)

    def close(self) -> None:
        connected = self.__dict__.get("_connected")
        if isinstance(connected, LiveCluster):
            connected.close()


def examined_stack(
    program: Path, stack_file: StackFile, snapshot: Snapshot, named: Named, *, live: bool = True
) -> Examined:
    """The stack of a file that was evaluated, on the cluster that is the stack's; `live` says whether it is asked."""
    config = described_mesh(stack_file)

    def connect() -> LiveCluster:
        return stack_cluster(snapshot, program, named, config.cluster.eks)

    return Examined(program, config, snapshot, connect if live else None)


def metadata(live: dict[str, Any]) -> dict[str, Any]:
    """Of an object."""
    return as_map(live.get("metadata"))
