"""What is the pod that sends requests? A Job that Kubernetes itself ends and removes, whatever happens to this run."""

from __future__ import annotations

import hashlib
import os
import platform
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.images import with_digest
from fairlead_mesh.ownership import STACK_LABEL
from fairlead_mesh.versions import CURL_IMAGE

RUN_LABEL = "fairlead/verify"
OWNER = "fairlead/verify-owner"
CONTAINER = "curl"
LASTS = 15 * 60
"""Seconds until Kubernetes ends the pod of a run that was killed."""
KEPT = 30
"""Seconds after which Kubernetes removes a Job that has ended."""
_USER = 65532
"""Any user but root, and not 1337, whose connections Istio leaves alone."""
_MEMORY = {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "500m", "memory": "64Mi"}}


@dataclass(frozen=True)
class Place:
    """From where requests are sent. `labels` say of its sidecar what the namespace does not."""

    namespace: str
    account: str = "default"
    labels: tuple[tuple[str, str], ...] = ()


def probe_name(run: str, place: Place) -> str:
    """The same run has one of each place."""
    digest = hashlib.sha256(f"{place.namespace} {place.account} {place.labels}".encode()).hexdigest()[:6]
    return f"fairlead-verify-{run}-{digest}"


def probe_job(mark: str, run: str, place: Place, image: str = "") -> dict[str, Any]:
    """The Job; `mark` is the stack's. It has no label of an app: no Service selects its pod."""
    labels = {STACK_LABEL: mark, RUN_LABEL: run}
    owner = {OWNER: this_process()}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": probe_name(run, place),
            "namespace": place.namespace,
            "labels": labels,
            "annotations": owner,
        },
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": LASTS,
            "ttlSecondsAfterFinished": KEPT,
            "template": {
                "metadata": {"labels": labels | dict(place.labels), "annotations": owner},
                "spec": _pod(place, image or with_digest(CURL_IMAGE)),
            },
        },
    }


def _pod(place: Place, image: str) -> dict[str, Any]:
    return {
        "restartPolicy": "Never",
        "serviceAccountName": place.account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 1,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": CONTAINER,
                "image": image,
                "command": ["sleep", str(LASTS)],
                "resources": _MEMORY,
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
            }
        ],
    }


def this_process() -> str:
    """Which process made it, on a machine that only a process there can recognise."""
    return f"{_machine()}-{os.getpid()}"


def is_abandoned(owner: str) -> bool:
    """Whether its process was one of this machine and has ended. Those of other machines end by themselves."""
    machine, _, process = owner.rpartition("-")
    if machine != _machine() or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:12]
