"""How does a test reach into a script of tools/ci? It imports it as the scripts import each other, from beside them."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

CI = Path(__file__).resolve().parent.parent / "tools" / "ci"


def script(name: str) -> Any:
    """The module of a script."""
    sys.path.insert(0, str(CI))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(CI))
