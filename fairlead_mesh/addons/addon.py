"""What does every addon say of itself? All that is asked of it elsewhere, so that nothing else knows one by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic.alias_generators import to_camel

from fairlead_mesh.addons.access import Access, authorization_policy, network_policy
from fairlead_mesh.addons.expose import Expose
from fairlead_mesh.addons.product import Product, Reading
from fairlead_mesh.charts import ChartReference
from fairlead_mesh.keys.scalars import DnsLabel, Url
from fairlead_mesh.keys.section import Manifest, Section, Values
from fairlead_mesh.workload import ServiceType

if TYPE_CHECKING:
    from fairlead_mesh.addons.surroundings import Surroundings

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class Addon(Section):
    """What every addon has: `{}` installs it, `{url}` uses the one that answers there."""

    # What people get by it: the first unless the section chooses another one.
    products: ClassVar[tuple[Product, ...]]
    # The addons that its pods call.
    asks: ClassVar[tuple[type[Addon], ...]] = ()
    # Another addon -> what becomes of this one where the mesh has none.
    needs: ClassVar[Mapping[type[Addon], str]] = {}
    # Secret key of the stack file -> its description.
    secrets: ClassVar[Mapping[str, str]] = {}
    # Whether each node has a pod of it, which mounts folders of the node.
    on_nodes: ClassVar[bool] = False
    # Whether traffic is seen with it, which is the first step of `maturity`.
    shows_traffic: ClassVar[bool] = False
    # The key with the address at which other addons ask it, where it exists already.
    asked_at: ClassVar[str] = "url"
    # Of `class FluentBit`: fluent_bit in Python, fluentBit in the stack file, fluent-bit as release and component.
    field: ClassVar[str]
    key: ClassVar[str]
    role: ClassVar[str]

    url: Url | None = None
    """URL of an existing installation, as the pods of the mesh reach it; then nothing is installed."""
    namespace: DnsLabel = "istio-system"
    """Namespace to install it in."""
    service_type: ServiceType = "ClusterIP"
    """Type of the Service that users open; anything but ClusterIP needs a reason, see lint."""
    public_url: Url | None = None
    """Address at which browsers reach it, such as https://grafana.example.com, where something leads there; the pages
    of other addons link to it."""
    access: Access = Access()
    """Who reaches it inside the cluster."""
    expose: Expose | None = None
    """Its page behind an ingress gateway, by HTTPS, such as {host: kiali.example.com, gateway: istio-ingress, tls:
    {credentialName: kiali-tls}, allow: {cidrs: [10.0.0.0/8]}}; `publicUrl` is then its address there."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.field = _WORD.sub("_", cls.__name__).lower()
        cls.key = to_camel(cls.field)
        cls.role = cls.field.replace("_", "-")

    @property
    def installed(self) -> bool:
        return self.url is None

    @property
    def product(self) -> Product:
        return self.products[0]

    @property
    def cluster_url(self) -> str:
        """Its address inside the cluster: the one it was given, else that of the Service installed here."""
        at = self.product.endpoint
        return self.url or (f"http://{at.service}.{self.namespace}:{at.port}{at.path}" if at else "")

    @property
    def page_url(self) -> str | None:
        """The address at which browsers outside of the cluster find its page."""
        at = self.product.endpoint
        return self.public_url or (self.expose.url(at.path) if self.expose and at and self.installed else None)

    @property
    def visitors_are_anybody(self) -> bool:
        """Whether a gateway shows its page to whoever asks."""
        return self.expose is not None and self.expose.is_open

    @property
    def local_access(self) -> dict[str, str]:
        """The URL to open, and the command that makes it answer on this machine where it is installed here."""
        at = self.product.endpoint
        if self.url:
            return {"url": self.url}
        if at is None:
            return {}
        outside = {"publicUrl": self.page_url} if self.page_url else {}
        return {
            "url": f"http://localhost:{at.local_port}{at.path}",
            "command": f"kubectl -n {self.namespace} port-forward svc/{at.service} {at.local_port}:{at.port}",
            **outside,
        }

    @property
    def chart(self) -> ChartReference | None:
        """The chart that is installed; none where it consists of `objects` alone."""
        return None

    def chart_values(self, around: Surroundings) -> Values:  # noqa: ARG002 - an addon without a chart has none
        """The values of its chart."""
        return {}

    @property
    def pod_labels(self) -> dict[str, str]:
        """The labels by which its Service selects its pods."""
        return {"app.kubernetes.io/name": self.role, "app.kubernetes.io/instance": self.role}

    @property
    def alerts_of_slos(self) -> bool:
        """Whether it alerts where an app breaks its objectives."""
        return False

    def calls(self, other: Addon) -> bool:
        """Whether its pods call those of the other."""
        return type(other) in self.asks

    def reading(self, around: Surroundings) -> Reading:
        """What its values come to, for those who use it."""
        return self.product.read(self.chart_values(around))

    def policies(self, around: Surroundings) -> list[Manifest]:
        """Who may reach it; applied before anything of it runs."""
        if not self.installed:
            return []
        asked = authorization_policy(self, around)
        return [network_policy(self, around), *([asked] if asked else [])]

    def objects(self) -> list[Manifest]:
        """What else is applied beside the chart, in its own namespace."""
        return []

    def chart_objects(self, around: Surroundings) -> list[Manifest]:  # noqa: ARG002 - most have none
        """What is applied after its chart, whose kinds it is of, and deleted before it."""
        return []

    def shared_objects(self, around: Surroundings) -> list[Manifest]:  # noqa: ARG002 - most have none
        """What is applied for it whether it is installed here or exists already, in its own namespace."""
        return []

    def secret_objects(self, secrets: Mapping[str, Any]) -> list[Manifest]:  # noqa: ARG002 - most have none
        """Secrets with what the stack file keeps secret, by its keys; the values may be secret outputs."""
        return []

    def mesh_objects(self, istio_namespace: str) -> dict[str, Manifest]:  # noqa: ARG002 - most want nothing of the mesh
        """What the control plane applies for it in Istio's own namespace, by logical name."""
        return {}

    def extension_providers(self) -> list[dict[str, Any]]:
        """Entries of `meshConfig.extensionProviders`."""
        return []

    def brought(self) -> list[Manifest]:
        """Stubs of the Services and pods that the chart brings, as far as other objects refer to them."""
        return []
