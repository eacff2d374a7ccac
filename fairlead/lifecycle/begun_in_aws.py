"""What had a killed run begun to create in AWS? The state has the operation, and not the id that AWS gave.

Without the id the next run asks for the same again, and AWS answers InvalidPermission.Duplicate. Only what has the
stack's tag and is what the operation asked for is taken in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.cloud.account import Account, AwsError, tags_of
from fairlead.doctor.examined import Examined
from fairlead.evaluation.snapshot import EGRESS_RULE, INGRESS_RULE, SECURITY_GROUP
from fairlead.lifecycle.deployment import Deployment, State
from fairlead.lifecycle.healing import Healing
from fairlead.terminal.progress import Progress
from fairlead_mesh.aws.security_rules import STACK_TAG
from fairlead_mesh.model.objects.yaml_values import as_map

_RULES = {INGRESS_RULE: False, EGRESS_RULE: True}
"""Whether it is egress."""
_FIELDS = {"ipProtocol": "IpProtocol", "cidrIpv4": "CidrIpv4", "cidrIpv6": "CidrIpv6", "prefixListId": "PrefixListId"}
_PORTS = {"fromPort": "FromPort", "toPort": "ToPort"}


def take_in_from_aws(found: Healing, examined: Examined, state: Deployment, progress: Progress) -> None:
    """Have in the healed state what AWS has and the state only as an operation, for the engine to read."""
    if examined.config.cluster.eks is None:
        return
    begun = [
        each for what, each in state.pending if what == "creating" and each.get("type") in {SECURITY_GROUP, *_RULES}
    ]
    try:
        known = [(each, identity) for each in begun for identity in _found(examined.account, each)]
    except AwsError as error:
        progress.say(f"  not known what an interrupted run created in AWS: {error.message}")
        return
    for resource, identity in known:
        urn, outputs = str(resource["urn"]), {**as_map(resource.get("inputs")), "id": identity}
        if found.state.find(urn) is None:
            found.state.add({**resource, "id": identity, "outputs": outputs})
            found.look_at.append(urn)
            kind, name = str(resource["type"]).rpartition(":")[2], urn.rpartition("::")[2]
            found.said.append(f"{kind} {name} was created by an interrupted run: taken into the state")


def _found(account: Account, resource: State) -> Iterator[str]:
    inputs = as_map(resource.get("inputs"))
    tag = {"Name": f"tag:{STACK_TAG}", "Values": [str(as_map(inputs.get("tags")).get(STACK_TAG))]}
    if resource["type"] == SECURITY_GROUP:
        asked = [tag, {"Name": "group-name", "Values": [str(inputs.get("name"))]}]
        groups = account.listed("ec2", "describe_security_groups", "SecurityGroups", Filters=asked)
        yield from (str(each["GroupId"]) for each in groups if each.get("VpcId") == inputs.get("vpcId"))
        return
    asked = [tag, {"Name": "group-id", "Values": [str(inputs.get("securityGroupId"))]}]
    for each in account.listed("ec2", "describe_security_group_rules", "SecurityGroupRules", Filters=asked):
        if bool(each.get("IsEgress")) == _RULES[str(resource["type"])] and _is_same(inputs, each):
            yield str(each["SecurityGroupRuleId"])


def _is_same(inputs: Mapping[str, Any], rule: Mapping[str, Any]) -> bool:
    same = all(inputs.get(ours) == rule.get(theirs) for ours, theirs in _FIELDS.items())
    ports = all(int(inputs.get(ours, -1)) == rule.get(theirs) for ours, theirs in _PORTS.items())
    source = as_map(rule.get("ReferencedGroupInfo")).get("GroupId")
    return same and ports and inputs.get("referencedSecurityGroupId") == source and STACK_TAG in tags_of(dict(rule))
