"""What is a dashboard? Its description, and the JSON that Grafana reads (kinds/dashboard in grafana/grafana)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

_SCHEMA = 39
_WIDTH = 24
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_HEIGHTS = {"stat": 4, "timeseries": 8, "table": 8}
_REFERENCES = "ABCDEFGH"


@dataclass(frozen=True)
class Query:
    """An expression of PromQL, and how its series are called."""

    expr: str
    legend: str = ""


@dataclass(frozen=True)
class Panel:
    """What is seen of some queries. `unit` is one of Grafana's; `columns` are the labels that a table keeps, by the
    words above them."""

    title: str
    queries: tuple[Query, ...]
    kind: Literal["stat", "timeseries", "table"] = "timeseries"
    unit: str = "short"
    width: int = 12
    says: str = ""
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Variable:
    """A choice above the panels: the values of a label."""

    name: str
    label: str
    metric: str


@dataclass(frozen=True)
class Board:
    """A dashboard; its name is that of its file and its address."""

    name: str
    title: str
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...] = ()

    def document(self) -> dict[str, Any]:
        """As Grafana reads it."""
        return {
            "uid": f"fairlead-{self.name}",
            "title": self.title,
            "tags": ["fairlead", "istio"],
            "schemaVersion": _SCHEMA,
            "editable": False,
            "graphTooltip": 1,
            "refresh": "30s",
            "time": {"from": "now-1h", "to": "now"},
            "timezone": "browser",
            "links": [_OTHERS],
            "templating": {"list": [_DATASOURCE, *(_variable(each) for each in self.variables)]},
            "panels": list(self._panels()),
        }

    def _panels(self) -> Iterator[dict[str, Any]]:
        """From left to right, and down where a row is full."""
        x = y = height = 0
        for number, panel in enumerate(self.panels, start=1):
            if x + panel.width > _WIDTH:
                x, y, height = 0, y + height, 0
            place = {"h": _HEIGHTS[panel.kind], "w": panel.width, "x": x, "y": y}
            yield _panel(panel, number, place)
            x, height = x + panel.width, max(height, place["h"])


_OTHERS = {
    "asDropdown": True,
    "icon": "external link",
    "includeVars": False,
    "keepTime": True,
    "tags": ["fairlead"],
    "targetBlank": False,
    "title": "Mesh",
    "tooltip": "",
    "type": "dashboards",
    "url": "",
}
_DATASOURCE = {
    "name": "datasource",
    "label": "Prometheus",
    "type": "datasource",
    "query": "prometheus",
    "hide": 0,
    "multi": False,
    "includeAll": False,
}


def _variable(variable: Variable) -> dict[str, Any]:
    query = f"label_values({variable.metric}, {variable.label})"
    return {
        "name": variable.name,
        "label": variable.name.capitalize(),
        "type": "query",
        "datasource": _SOURCE,
        "query": {"query": query, "refId": "Variable"},
        "refresh": 2,
        "sort": 1,
        "hide": 0,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
    }


def _panel(panel: Panel, number: int, place: dict[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.says,
        "datasource": _SOURCE,
        "gridPos": place,
        "targets": [_target(query, ref, panel) for query, ref in zip(panel.queries, _REFERENCES, strict=False)],
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": _options(panel),
        **({"transformations": _table(panel)} if panel.kind == "table" else {}),
    }


def _target(query: Query, ref: str, panel: Panel) -> dict[str, Any]:
    instant = panel.kind != "timeseries"
    return {
        "refId": ref,
        "datasource": _SOURCE,
        "expr": query.expr,
        "legendFormat": query.legend or "__auto",
        "instant": instant,
        "range": not instant,
        **({"format": "table"} if panel.kind == "table" else {"exemplar": not instant}),
    }


def _options(panel: Panel) -> dict[str, Any]:
    if panel.kind == "stat":
        return {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "value"}
    if panel.kind == "table":
        return {"showHeader": True}
    return {
        "legend": {"displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull", "max"], "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }


def _table(panel: Panel) -> list[dict[str, Any]]:
    """One row for each set of labels, with the value of each query beside it."""
    values = {f"Value #{ref}": query.legend for query, ref in zip(panel.queries, _REFERENCES, strict=False)}
    values |= {"Value": panel.queries[0].legend} if len(panel.queries) == 1 else {}
    names = dict(panel.columns) | values
    return [
        {"id": "merge", "options": {}},
        {"id": "filterFieldsByName", "options": {"include": {"names": list(names)}}},
        {"id": "organize", "options": {"renameByName": names, "excludeByName": {}, "indexByName": {}}},
    ]
