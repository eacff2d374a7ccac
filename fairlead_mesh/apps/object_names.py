"""What are the objects of an app called on the cluster, where they have other names than the app? Those of a mesh that
existed before its stack."""

from __future__ import annotations

from typing import Annotated

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.section import Section

_PART = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
ObjectName = Annotated[
    str,
    Form(rf"{_PART}(\.{_PART})*", "write the name of a Kubernetes object: lower-case letters, digits, '-' and '.'"),
]


class ObjectNames(Section):
    """Names of objects that a stack took over; each defaults to the name that a new one gets."""

    virtual_service: ObjectName | None = None
    """Name of its VirtualService; defaults to the name of the app."""
    mesh_virtual_service: ObjectName | None = None
    """Name of the second VirtualService, for clients inside the mesh, where it needs one; defaults to
    that of the app with `-mesh`."""
    destination_rule: ObjectName | None = None
    """Name of the DestinationRule of its Service; defaults to the name of the app."""
    callers: ObjectName | None = None
    """Name of the AuthorizationPolicy of `callers`; defaults to that of the app with `-callers`."""
    deny: ObjectName | None = None
    """Name of the AuthorizationPolicy of `deny`; defaults to that of the app with `-deny`."""
    mtls: ObjectName | None = None
    """Name of the PeerAuthentication; defaults to the name of the app."""
    jwt: ObjectName | None = None
    """Name of the RequestAuthentication; defaults to the name of the app."""


class NamespaceObjectNames(Section):
    """Names of objects of a namespace that a stack took over."""

    mtls: ObjectName | None = None
    """Name of the PeerAuthentication of `mtls`; defaults to default."""
    default_deny: ObjectName | None = None
    """Name of the AuthorizationPolicy of `defaultDeny`; defaults to default-deny."""
