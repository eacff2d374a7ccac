"""Which resources has a preview that was written down? The JSON of `fairlead preview --json`, read again."""

from __future__ import annotations

import json
from pathlib import Path

from fairlead.evaluation.snapshot import Resource, Snapshot
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.file_text import text_of_named
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_FORM = "Write it with: fairlead preview --stack STACK --json > FILE"


def snapshot_of(path: Path) -> Snapshot:
    """The part of it that leads to the cluster: types and inputs. Raises UserError."""
    text = text_of_named(path, missing=_FORM)
    try:
        said = json.loads(text)
    except ValueError as error:
        raise UserError(f"{path} is not JSON: {error}.", _FORM) from None
    document = as_map(said) if isinstance(said, dict) else {}
    if not isinstance(document.get("resources"), list):
        raise UserError(f"{path} is not a preview: it has no resources.", _FORM)
    found = tuple(
        Resource(
            str(each.get("urn")),
            str(each.get("type")),
            str(each.get("name")),
            str(each.get("parent") or ""),
            bool(each.get("custom")),
            as_map(each.get("inputs")),
        )
        for each in as_maps(document.get("resources"))
    )
    return Snapshot(str(document.get("project")), str(document.get("stack")), found, as_map(document.get("outputs")))
