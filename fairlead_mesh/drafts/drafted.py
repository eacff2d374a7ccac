"""What of a mesh became a part of the stack file? The part, and the objects that it renders again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fairlead_mesh.model.objects.item import Item


@dataclass
class Drafted:
    """A section, or a part of one, and the objects that it renders again."""

    section: dict[str, Any]
    objects: list[Item] = field(default_factory=list[Item])

    def take(self, keys: dict[str, Any], item: Item) -> None:
        """More keys, which render another object."""
        names = {**self.section.get("objectNames", {}), **keys.get("objectNames", {})}
        self.section |= keys | ({"objectNames": names} if names else {})
        self.objects.append(item)
