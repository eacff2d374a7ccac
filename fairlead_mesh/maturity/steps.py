"""Which steps does a mesh take, one after another?"""

from __future__ import annotations

from typing import Literal

Step = Literal[0, 1, 2, 3, 4]
"""How many steps `maturity` takes."""
STEPS: dict[int, str] = {1: "see traffic", 2: "steer it", 3: "mutual identity", 4: "role-based access"}
BEYOND = "several clusters"
"""The step after the last: a stack is a mesh of one cluster."""
