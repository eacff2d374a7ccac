"""How is a section written in an object, where its keys are Istio's own?"""

from __future__ import annotations

from typing import Any

from fairlead_mesh.keys.section import Section


def as_written(section: Section) -> dict[str, Any]:
    """The keys that are set."""
    return section.model_dump(by_alias=True, exclude_none=True)
