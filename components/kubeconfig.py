"""Does the kubeconfig lead to the cluster? Looked up before the provider gets it: each resource would say it anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

import pulumi
import yaml

from fairlead_mesh.cluster import Kubeconfig

_DEFAULT = "~/.kube/config"


def require_context(section: Kubeconfig) -> None:
    """Raises RunError where no file has the context that the stack names."""
    if os.environ.get("PULUMI_K8S_DELETE_UNREACHABLE", "").lower() in ("1", "true"):
        # What is on a cluster that is gone is being dropped from the state.
        return
    there = [file for file in _files(section) if file.exists()]
    if not there:
        raise pulumi.RunError(f"{_no_file(section)} Create the cluster, or set its kubeconfig.")
    contexts = sorted({name for file in there for name in _contexts(file)})
    if section.context not in contexts:
        have = f"it has {', '.join(contexts)}" if contexts else "it has none"
        raise pulumi.RunError(
            f"The kubeconfig {' and '.join(map(str, there))} has no context {section.context}: {have}."
            " Fix cluster.kubeconfig.context, or create the cluster."
        )


def _no_file(section: Kubeconfig) -> str:
    if section.path:
        return f"cluster.kubeconfig.path is {section.path}, and there is no such file."
    if named := os.environ.get("KUBECONFIG"):
        return f"KUBECONFIG is {named}, and there is no such file."
    return f"There is no kubeconfig {_DEFAULT}, and neither cluster.kubeconfig.path nor KUBECONFIG names another."


def _files(section: Kubeconfig) -> list[Path]:
    """Where Kubernetes' own clients look: in the file that is named, in all of KUBECONFIG, or in the default one."""
    named = [each for each in os.environ.get("KUBECONFIG", "").split(os.pathsep) if each]
    return [Path(name).expanduser() for name in ([section.path] if section.path else named or [_DEFAULT])]


def _contexts(file: Path) -> list[str]:
    remedy = "Set another with cluster.kubeconfig.path."
    try:
        document: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise pulumi.RunError(f"The kubeconfig {file} cannot be read: {error.strerror}. {remedy}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise pulumi.RunError(f"The kubeconfig {file} is not valid YAML. Fix it, or use another.") from None
    listed = document.get("contexts") if isinstance(document, dict) else None
    items = cast("list[Any]", listed) if isinstance(listed, list) else []
    return [str(each["name"]) for each in items if isinstance(each, dict) and "name" in each]
