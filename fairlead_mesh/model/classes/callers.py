"""Which clients does a mesh tell apart for a host? By namespace, account and labels, as its rules name them, and by
sidecar; one pod of each kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead_mesh.model.classes.clients import Client, is_client, named_by_policy, named_by_routes, selected_by_rules
from fairlead_mesh.model.classes.surroundings import ANY_CLIENT, ELSEWHERE, WITHOUT_SIDECAR
from fairlead_mesh.model.destination_rules import host_of
from fairlead_mesh.model.graph import full_host
from fairlead_mesh.model.hostnames import patterns
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import has_sidecar, is_gateway
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.security.authorization import policies_of
from fairlead_mesh.model.traffic.hosts import Host
from fairlead_mesh.model.traffic.mesh import Mesh, workload_name
from fairlead_mesh.model.virtual_service import strings


class Callers:
    """The clients of all sides: those that are on each of them."""

    def __init__(self, meshes: Sequence[Mesh]):
        self._meshes = meshes
        names = [{workload_name(pod): pod for pod in mesh.graph.pods.all if not is_gateway(pod)} for mesh in meshes]
        self._pods = {name: pod for name, pod in names[0].items() if all(name in each for each in names)}
        self._by_namespace: dict[str, list[tuple[str, Workload]]] = {}
        for name, pod in self._pods.items():
            self._by_namespace.setdefault(pod.namespace, []).append((name, pod))
        self._routes = [self._virtual_services(mesh) for mesh in meshes]
        self._selected = [client for mesh in meshes for client in selected_by_rules(mesh.graph)]
        self._ruled: dict[str, list[Client]] = {}
        for item in [item for mesh in meshes for item in mesh.graph.all_of_kind("DestinationRule")]:
            self._ruled.setdefault(host_of(item), []).append(Client(item.namespace))
        self._found: dict[Client, str | None] = {}
        self._scoped = sorted({name for mesh in meshes for name in self._of_sidecars(mesh)})

    def of(self, host: str, namespace: str) -> list[str]:
        """Names of clients that may be told apart when they call a host; its own namespace's comes first."""
        wanted = [Client(namespace), Client(ELSEWHERE), Client(WITHOUT_SIDECAR), *self._selected]
        wanted += [client for each in patterns(host) for client in self._ruled.get(each, ())]
        for mesh, routes in zip(self._meshes, self._routes, strict=True):
            for item in routes.get(host, ()):
                wanted += named_by_routes(item, mesh.graph)
            for known in mesh.hosts.by_name.get(host, ()):
                wanted += self._of_policies(mesh, known)
        found = (self._pod(each) for each in dict.fromkeys(wanted))
        strangers = () if ELSEWHERE in self._by_namespace else self._strangers(namespace)
        return list(dict.fromkeys([*(each for each in found if each), *strangers, *self._scoped]))

    def _strangers(self, namespace: str) -> Iterator[str]:
        """One client of another namespace, and one without a sidecar."""
        graph = self._meshes[0].graph
        others = [(name, bool(has_sidecar(graph, pod))) for name, pod in self._pods.items()
                  if pod.namespace != namespace]  # fmt: skip
        for wanted in (True, False):
            yield from [name for name, has in others if has == wanted][:1]

    def _of_policies(self, mesh: Mesh, host: Host) -> Iterator[Client]:
        pods = (each.workload for port in host.ports for each in mesh.hosts.endpoints(host, port) if each.workload)
        for pod in dict.fromkeys(pods):
            for policy in policies_of(mesh.graph, pod.namespace, pod.labels):
                yield from named_by_policy(policy)

    def _pod(self, client: Client) -> str | None:
        if client not in self._found:
            self._found[client] = self._one(client)
        return self._found[client]

    def _one(self, client: Client) -> str | None:
        pods = self._by_namespace.get(client.namespace, []) if client.namespace else list(self._pods.items())
        fitting = [(name, pod) for name, pod in pods if is_client(pod, client)]
        plain = next((name for name, _ in fitting if name.endswith(f"/{ANY_CLIENT}")), None)
        sidecar = next((name for name, pod in fitting if has_sidecar(self._meshes[0].graph, pod)), None)
        return plain or sidecar or next((name for name, _ in fitting), None)

    def _virtual_services(self, mesh: Mesh) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = {}
        for item in mesh.graph.all_of_kind("VirtualService"):
            for _, host in strings(item, "spec", "hosts"):
                found.setdefault(full_host(host, item.namespace), []).append(item)
        return found

    def _of_sidecars(self, mesh: Mesh) -> Iterator[str]:
        """One client for each Sidecar that is not alike on all sides."""
        specs = [
            {(item.namespace, item.name): item.spec for item in each.graph.all_of_kind("Sidecar")}
            for each in self._meshes
        ]
        for item in mesh.graph.all_of_kind("Sidecar"):
            if any(each.get((item.namespace, item.name)) != item.spec for each in specs):
                labels = as_map(item.get("spec", "workloadSelector", "labels"))
                in_root = item.namespace == mesh.graph.root_namespace
                space = ELSEWHERE if in_root and not labels else item.namespace
                name = self._pod(Client(space, "", tuple((str(key), str(value)) for key, value in labels.items())))
                yield from [name] if name else ()
