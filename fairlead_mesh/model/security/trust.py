"""Which trust domains do the identities of a mesh have?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_list

DEFAULT = "cluster.local"
"""The one of a mesh that names none; in a policy it stands for the mesh's own, whatever that is."""


def trust_domains(mesh_config: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The mesh's own, and its aliases."""
    config = mesh_config or {}
    return str(config.get("trustDomain") or DEFAULT), *map(str, as_list(config.get("trustDomainAliases")))
