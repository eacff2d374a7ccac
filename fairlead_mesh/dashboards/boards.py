"""Which dashboards are there, and how do they reach Grafana? As a ConfigMap, of which each file is one."""

from __future__ import annotations

import json

from fairlead_mesh.dashboards.control_plane_board import CONTROL_PLANE
from fairlead_mesh.dashboards.promises_board import PROMISES
from fairlead_mesh.dashboards.traffic_boards import MESH, SERVICE_BOARD, WORKLOAD
from fairlead_mesh.keys.section import Manifest

BOARDS = (MESH, SERVICE_BOARD, WORKLOAD, CONTROL_PLANE, PROMISES)
CONFIG_MAP = "fairlead-dashboards"
SIDECAR_LABEL = {"grafana_dashboard": "1"}
"""By which the sidecar of Grafana's chart, and of kube-prometheus-stack, finds dashboards."""


def dashboards_config_map(namespace: str) -> Manifest:
    """All of them."""
    documents = {f"{board.name}.json": json.dumps(board.document(), separators=(",", ":")) for board in BOARDS}
    metadata = {"name": CONFIG_MAP, "namespace": namespace, "labels": dict(SIDECAR_LABEL)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": documents}
