"""Which revisions does the stack's istiod serve?"""

from __future__ import annotations

from typing import Any, cast

from fairlead_mesh.istio import Istio


def served_revisions(istio: Istio) -> set[str]:
    """Its own, by default `default`, and its tags; `istio-injection: enabled` asks for `default`."""
    tags: Any = istio.values.istiod.get("revisionTags")
    named = {str(tag) for tag in cast("list[Any]", tags)} if isinstance(tags, list) else set[str]()
    return {str(istio.values.istiod.get("revision") or "default"), *named}
