"""What is Kiali by its operator? The operator's chart, and the Kiali object that it makes a Kiali of."""

from __future__ import annotations

from fairlead_mesh.addons.product import NO_SIDECAR, Endpoint, Product, Reading
from fairlead_mesh.keys.section import Manifest, Values
from fairlead_mesh.versions import KIALI_OPERATOR

_API, _KIND = "kiali.io/v1alpha1", "Kiali"
KIALI_ENDPOINT = Endpoint("kiali", 20001, 20001, "/kiali")


def _read(values: Values) -> Reading:  # noqa: ARG001 - the Kiali object says it
    return Reading()


OPERATOR_PRODUCT = Product(
    "Kiali", KIALI_OPERATOR.name, chart=KIALI_OPERATOR, endpoint=KIALI_ENDPOINT, read=_read, defines=((_API, _KIND),)
)


def operator_values(namespace: str, *, read_only: bool) -> Values:
    """An operator for the Kiali of its own namespace.

    The object is not the chart's: deleted together, the operator would be gone before it takes its finalizer off.
    """
    return {
        "fullnameOverride": "kiali-operator",
        "image": {"pullPolicy": "IfNotPresent"},
        "podLabels": NO_SIDECAR,
        "watchNamespace": namespace,
        "allowAdHocKialiNamespace": False,
        "onlyViewOnlyMode": read_only,
        "debug": {"enabled": False},
        "cr": {"create": False},
    }


def kiali_object(namespace: str, spec: Values) -> Manifest:
    """The Kiali that the operator keeps; its finalizer holds it until everything of it is gone."""
    return {"apiVersion": _API, "kind": _KIND, "metadata": {"name": "kiali", "namespace": namespace}, "spec": spec}
