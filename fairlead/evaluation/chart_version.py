"""Which version does a chart in a folder call itself?"""

from __future__ import annotations

import re
from pathlib import Path


def chart_version(chart: Path) -> str:
    """The version in the chart's Chart.yaml; empty where there is none."""
    file = chart / "Chart.yaml"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    found = re.search(r"^version:\s*['\"]?([^'\"\s]+)", text, re.MULTILINE)
    return found[1] if found else ""
