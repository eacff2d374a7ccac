"""Does a client's TLS handshake with a gateway succeed? By what its server needs, and what the client sends."""

from __future__ import annotations

from fairlead_mesh.model.gateways.gateway_servers import Server
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.tcp_routes import server_chains

ASKS_FOR_CERTIFICATES = ("MUTUAL", "OPTIONAL_MUTUAL")
OF_THE_MESH = "ISTIO_MUTUAL"
_STRANGER = "stranger"


def is_complete(mesh: Mesh, workload: Workload, server: Server) -> bool:
    """Whether a gateway has what a server needs to listen: its certificate, or routes for what passes through."""
    if server.is_passed_through:
        return bool(server_chains(mesh.proxy(workload), server, "tls"))
    name = server.tls.get("credentialName")
    return not name or mesh.certificate(workload.namespace, str(name)) is not None


def handshake_refusal(mesh: Mesh, workload: Workload, request: Request, server: Server) -> str:
    """Why the handshake fails for the client's certificate; empty where it does not."""
    if server.mode == OF_THE_MESH:
        return "" if request.identity else "the client has no certificate of the mesh"
    if server.mode not in ASKS_FOR_CERTIFICATES:
        return ""
    name = str(server.tls.get("credentialName") or "")
    if name and not mesh.certificate(workload.namespace, name):
        return f"secret {name} has no CA to verify the client's certificate"
    if request.client_certificate == _STRANGER:
        return "the client's certificate is not signed by a CA that the gateway trusts"
    required = server.mode == "MUTUAL" and not request.client_certificate
    return "the client sends no certificate" if required else ""
