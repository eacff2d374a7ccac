"""How long may a report in Markdown be?"""

from __future__ import annotations

LIMIT = 60_000
"""Characters that a comment has room for: GitHub takes 65,536, and a wrapper wants some of them."""
SMALLEST = 1_500
"""Characters that are always enough."""
