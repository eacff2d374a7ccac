"""What can a picture show that the stack file's own keys do not bring? One mesh of plain objects with all of it."""

from __future__ import annotations

from fairlead.evaluation.snapshot import Snapshot
from tests.hand_made import stack
from tests.picture_stacks import applied, gateway_release

_NLB = "service.beta.kubernetes.io/aws-load-balancer-"
_ANNOTATIONS = {
    f"{_NLB}type": "external",
    f"{_NLB}scheme": "internal",
    f"{_NLB}nlb-target-type": "ip",
    f"{_NLB}ssl-cert": "arn:aws:acm:eu-west-1:1:certificate/x",
    f"{_NLB}ssl-ports": "https-443",
}
_NAMESPACES = """
{apiVersion: v1, kind: Namespace, metadata: {name: web, labels: {istio-injection: enabled}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: old, labels: {istio-injection: disabled}}}
"""
_GATEWAYS = """
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front, namespace: gates}
spec:
  selector: {istio: front}
  servers:
    - {port: {number: 80, protocol: HTTP}, hosts: ["*"], tls: {httpsRedirect: true}}
    - port: {number: 443, protocol: HTTPS}
      hosts: ["*.example.com", web/shop.example.org]
      tls: {mode: SIMPLE, credentialName: certificate}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: out, namespace: gates}
spec:
  selector: {istio: out}
  servers: [{port: {number: 443, protocol: TLS}, hosts: [api.partner.example]}]
"""
_ROUTES = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db, namespace: data}
spec:
  hosts: [db.example.com]
  gateways: [gates/front]
  tcp: [{match: [{port: 5432}], route: [{destination: {host: db}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: vault, namespace: data}
spec:
  hosts: [vault.example.com]
  gateways: [gates/front]
  tls: [{match: [{port: 443, sniHosts: [vault.example.com]}], route: [{destination: {host: vault}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: www, namespace: web}
spec:
  hosts: [www.example.com]
  gateways: [gates/front]
  http:
    - {match: [{uri: {prefix: /cart}}], delegate: {name: cart, namespace: web}}
    - {match: [{uri: {exact: /health}}], directResponse: {status: 200}}
    - {match: [{uri: {prefix: /old}}], redirect: {uri: /new, redirectCode: 308}}
    - timeout: 5s
      retries: {attempts: 3}
      mirror: {host: shadow}
      mirrorPercentage: {value: 10}
      fault: {abort: {httpStatus: 503, percentage: {value: 0.5}}}
      route:
        - {destination: {host: front-end}, weight: 99}
        - {destination: {host: front-end-next}, weight: 1}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: web}
spec: {http: [{route: [{destination: {host: cart}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: other, namespace: web}
spec:
  hosts: [other.example.com]
  gateways: [platform/shared, gates/front]
  http: [{route: [{destination: {host: front-end}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: egress, namespace: gates}
spec:
  hosts: [api.partner.example]
  gateways: [mesh, gates/out]
  http:
    - {match: [{gateways: [mesh]}], route: [{destination: {host: out.gates.svc.cluster.local}}]}
    - {match: [{gateways: [gates/out]}], route: [{destination: {host: api.partner.example}}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partner, namespace: gates}
spec:
  hosts: [api.partner.example]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{number: 443, name: tls, protocol: TLS}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: front-end, namespace: web}
spec:
  host: front-end
  trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5}, tls: {mode: DISABLE}}
"""
_PODS = "\n---\n".join(
    f"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}, namespace: web}}, "
    f"spec: {{template: {{metadata: {{labels: {{app: {name}}}}}}}}}}}"
    for name in ("front-end", "cart", "traffic-generator")
)
_SERVICES = "\n---\n".join(
    f"{{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: web}}, "
    f"spec: {{type: {kind}, ports: [{{name: http, port: 80}}], selector: {{app: {name}}}}}}}"
    for name, kind in (
        ("front-end", "ClusterIP"),
        ("front-end-next", "ClusterIP"),
        ("cart", "ClusterIP"),
        ("shadow", "ClusterIP"),
        ("lonely", "NodePort"),
    )
)
_POLICIES = """
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: old}
spec: {mtls: {mode: PERMISSIVE}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: metrics, namespace: web}
spec: {selector: {matchLabels: {app: front-end}}, portLevelMtls: {"8080": {mode: DISABLE}}}
---
{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: deny-all, namespace: data}, spec: {}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: callers, namespace: web}
spec: {selector: {matchLabels: {app: front-end}}, rules: [{}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: nobody, namespace: web}
spec: {selector: {matchLabels: {app: gone}}, rules: [{}]}
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens, namespace: gates}
spec: {selector: {matchLabels: {istio: front}}, jwtRules: [{issuer: "https://login.example.com"}]}
"""
_OTHERS = """
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: web}, data: {a: b}}
---
apiVersion: v1
kind: Secret
metadata: {name: password, namespace: web}
data: {password: aHVudGVyMg==}
stringData: {token: hunter2}
"""


def varied() -> Snapshot:
    """The mesh, behind an internal load balancer and with a way out."""
    front = {"type": "LoadBalancer", "annotations": _ANNOTATIONS}
    objects = (_NAMESPACES, _GATEWAYS, _ROUTES, _PODS, _SERVICES, _POLICIES, _OTHERS)
    return stack(
        gateway_release("front", "gates", labels={"istio": "front"}, service=front),
        gateway_release("out", "gates", labels={"istio": "out"}, service={"type": "ClusterIP"}),
        *(resource for part in objects for resource in applied(part)),
    )
