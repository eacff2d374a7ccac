"""Whose tokens does a RequestAuthentication speak of?"""

from __future__ import annotations

from typing import Any

from fairlead_mesh.model.objects.item import Item


def jwt_rules(policy: Item) -> list[dict[str, Any]]:
    """Its rules, an issuer each."""
    return [rule for _, rule in policy.maps("spec", "jwtRules")]
