"""How does a stack run on the demo's own API server? Its config, with the cluster and what hangs on it replaced."""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from fairlead.yaml_files.stack_file import StackFile
from fairlead.yaml_files.yaml_text import as_yaml
from fairlead_mesh.addons.addons import KINDS

_NOWHERE = "http://skipped.invalid"


def on_server(
    stack_file: StackFile,
    *,
    kubeconfig: Path,
    context: str,
    charts: Path | None,
    wait: bool,
    skipped: Collection[str] = (),
) -> StackFile:
    """The stack on the cluster of `kubeconfig`, with Istio's charts from a folder if one is given.

    `wait` says whether pods run there; `skipped` are addons whose charts cannot be had: they are taken to be elsewhere,
    or left out where the mesh would not ask one there.
    """
    config = copy.deepcopy(stack_file.config)
    own = stack_file.project
    config[f"{own}:cluster"] = {"kubeconfig": {"context": context, "path": str(kubeconfig)}}
    config[f"{own}:wait"] = wait
    if charts:
        istio = cast("dict[str, Any]", config.get(f"{own}:istio") or {})
        config[f"{own}:istio"] = istio | {"charts": {"path": str(charts)}}
    for gateway in cast("list[dict[str, Any]]", config.get(f"{own}:gateways") or []):
        # Most of what stands there is the AWS load balancer's, and there is none.
        gateway.pop("loadBalancer", None)
    addons = cast("dict[str, Any]", config.get(f"{own}:addons") or {})
    for name in skipped:
        if _can_be_elsewhere(name):
            addons[name] = {"url": _NOWHERE}
        else:
            addons.pop(name, None)
    return replace(stack_file, config=config)


def _can_be_elsewhere(name: str) -> bool:
    """Whether an addon of this key takes the address of one that exists already."""
    kind = next(each for each in KINDS if each.key == name)
    try:
        kind.model_validate({"url": _NOWHERE})
    except ValidationError:
        return False
    return True


def write_config(stack_file: StackFile, path: Path) -> Path:
    """The stack file as a file, for the Pulumi CLI; secrets are left out, as nobody decrypts them here."""
    secret = set(stack_file.secret_keys())
    path.write_text(
        as_yaml({"config": {key: each for key, each in stack_file.config.items() if key not in secret}}),
        encoding="utf-8",
    )
    return path
