"""Which annotations and labels does Istio read, and where? Of istio/api.

Writes fairlead_mesh/lint/workloads/annotations.json:

    python tools/annotations.py API_CLONE
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).resolve().parents[1] / "fairlead_mesh" / "lint" / "workloads" / "annotations.json"


def git(clone: str, *arguments: str) -> str:
    """What git says of a clone."""
    return subprocess.run(["git", "-C", clone, *arguments], check=True, capture_output=True, text=True).stdout


def listed(clone: str, what: str) -> list[dict[str, Any]]:
    """The annotations or the labels that a clone knows, by name."""
    found = yaml.safe_load(git(clone, "show", f"HEAD:{what}/{what}s.yaml"))[f"{what}s"]
    return sorted(found, key=lambda each: each["name"])


def main(clone: str) -> None:
    """Annotation -> the kinds that it is read on; the deprecated ones; the names of labels."""
    annotations = listed(clone, "annotation")
    table = {
        "source": f"istio/api annotation/annotations.yaml, label/labels.yaml, {git(clone, 'rev-parse', 'HEAD')[:12]}",
        "annotations": {each["name"]: each["resources"] for each in annotations},
        "deprecated": [each["name"] for each in annotations if each["deprecated"]],
        "labels": {each["name"]: each["resources"] for each in listed(clone, "label")},
    }
    lines = [f'"{key}": {json.dumps(value, indent=1)}' for key, value in table.items()]
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
