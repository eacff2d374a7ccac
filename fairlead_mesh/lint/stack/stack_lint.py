"""Would this stack work? What the rules find in its config and in everything it applies, less what is silenced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Finding, Path
from fairlead_mesh.istio import istiod_values
from fairlead_mesh.lint.apps.app_config_rules import services_of_apps_are_known, unknown_services
from fairlead_mesh.lint.config_findings import config_findings
from fairlead_mesh.lint.object_findings import object_findings
from fairlead_mesh.lint.routing.virtual_service_rules import virtual_services_have_hosts_or_a_root
from fairlead_mesh.lint.rule import CONFIG_RULES
from fairlead_mesh.lint.security.access_config_rules import DECIDED_BY_OBJECTS
from fairlead_mesh.lint.stack.istio_config_rules import pods_of_the_mesh_have_an_mtls_mode
from fairlead_mesh.lint.stack.silence import silenced
from fairlead_mesh.lint.stack.stack_items import stack_items
from fairlead_mesh.model.graph import Graph, graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.security.mtls import PeerPolicies, mode_of_policy


@dataclass(frozen=True)
class StackFindings:
    """What is to be said of a stack, in the order of its file, and how much its file says not to say."""

    findings: list[Finding]
    silenced: int

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "warning"]


def stack_findings(config: Config, object_items: Sequence[Item]) -> StackFindings:
    """What all rules find; `object_items` are the objects of the stack's own files.

    Where a rule is broken without which no object can be made, only the config is judged.
    """
    found = _unless_declared(config, config_findings(config, object_items), object_items)
    firm = {name for name, rule in CONFIG_RULES.items() if rule.firm}
    if firm.isdisjoint(finding.rule for finding in found):
        of_objects = _unless_delegated(config, object_findings(stack_graph(config, object_items)))
        found += _not_said_already(of_objects, found)
    result = silenced(found, config.lint)
    return StackFindings(in_order([*result.kept, *result.unused]), len(result.silenced))


def stack_graph(config: Config, object_items: Sequence[Item]) -> Graph:
    """Everything the stack applies or brings, in a cluster where somebody else's objects may be too."""
    values = istiod_values(config.istio, extension_providers=config.extension_providers)
    mesh_config = as_map(values.get("meshConfig"))
    root = str(mesh_config.get("rootNamespace") or config.istio.namespace)
    # Nobody here knows what a shared istiod was given.
    known = None if config.istio.is_shared else mesh_config
    return graph(stack_items(config, object_items), closed=False, root_namespace=root, mesh_config=known)


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """As the sections of the stack file follow each other; what stands in files of its own where those are named."""
    sections = {str(field.alias): place for place, field in enumerate(Config.model_fields.values())}

    def place(finding: Finding) -> tuple[int, int]:
        section, item = ("objects", None) if finding.source else (*finding.path, None, None)[:2]
        return sections.get(str(section), -1), item if isinstance(item, int) else -1

    return sorted(found, key=place)


def _unless_declared(config: Config, found: list[Finding], object_items: Sequence[Item]) -> list[Finding]:
    """The config alone does not know which Services stand in the stack's own files."""
    declared = {(item.namespace, item.name) for item in object_items if item.kind == "Service"}
    found = _unless_the_mesh_has_a_mode(config, found, object_items)
    unknown = unknown_services(config) if declared else {}
    known = {
        index
        for index, names in unknown.items()
        if all((config.apps[index].namespace, name) in declared for name in names)
    }
    found = _unless_objects_decide(config, found, object_items)
    rule = services_of_apps_are_known.__name__
    return [finding for finding in found if finding.rule != rule or finding.path[1] not in known]


def _unless_objects_decide(config: Config, found: list[Finding], items: Sequence[Item]) -> list[Finding]:
    """Nor whose the pods in them are."""
    for name, check in DECIDED_BY_OBJECTS.items():
        if any(finding.rule == name for finding in found):
            left = {hit.path for hit in check(config, items)}
            found = [finding for finding in found if finding.rule != name or finding.path in left]
    return found


def _unless_delegated(config: Config, found: list[Finding]) -> list[Finding]:
    """The objects alone do not know that an app is delegated to from another stack, which the app says."""
    delegated = {("apps", index) for index, app in enumerate(config.apps) if app.delegated}
    rule = virtual_services_have_hosts_or_a_root.__name__
    return [finding for finding in found if finding.rule != rule or finding.path[:2] not in delegated]


def _unless_the_mesh_has_a_mode(config: Config, found: list[Finding], items: Sequence[Item]) -> list[Finding]:
    """Nor which mTLS mode a PeerAuthentication in them sets."""
    policies = PeerPolicies(graph(items, closed=False, root_namespace=config.istio.namespace))
    is_said = any(mode_of_policy(item) for item in policies.of_all.get(config.istio.namespace, []))
    return [each for each in found if not (is_said and each.rule == pods_of_the_mesh_have_an_mtls_mode.__name__)]


def _not_said_already(of_objects: list[Finding], of_config: list[Finding]) -> list[Finding]:
    """Less what the config's own rules say of the same place, in its own words; an error also speaks for what is
    around its place, since it may be the cause."""
    said = {finding.path for finding in of_config}
    inside: set[Path] = set(said)
    for finding in of_config:
        for path in (finding.path, finding.first or ()) if finding.severity == "error" else ():
            inside |= {path[:length] for length in range(2, len(path) + 1)}

    def known(finding: Finding) -> bool:
        outer = (finding.path[:length] for length in range(1, len(finding.path)))
        return not finding.source and (finding.path in inside or any(path in said for path in outer))

    return [finding for finding in of_objects if not known(finding)]
