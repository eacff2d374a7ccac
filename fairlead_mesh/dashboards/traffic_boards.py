"""What is seen of traffic? The dashboards of the mesh, of a Service and of a workload."""

from __future__ import annotations

from fairlead_mesh.dashboards.board import Board, Panel, Query, Variable
from fairlead_mesh.dashboards.expressions import SERVICE, encrypted, failed, quantile, requests

_ALL = 'reporter="source"'
_OF_SERVICE = 'destination_service_namespace=~"$namespace", destination_service_name=~"$service"'
_OF_WORKLOAD = 'destination_workload_namespace=~"$namespace", destination_workload=~"$workload"'
_FROM_WORKLOAD = 'source_workload_namespace=~"$namespace", source_workload=~"$workload"'
_SERVICES = "{{destination_service_name}}.{{destination_service_namespace}}"
_COLUMNS = (("destination_service_namespace", "Namespace"), ("destination_service_name", "Service"))

MESH = Board(
    "mesh",
    "Mesh",
    (
        Panel("Requests", (Query(requests(_ALL)),), "stat", "reqps", 6),
        Panel("Failed", (Query(failed(_ALL)),), "stat", "percentunit", 6),
        Panel("By mTLS", (Query(encrypted("")),), "stat", "percentunit", 6, "As the proxies of servers see it."),
        Panel("Proxies", (Query('count(istio_build{component="proxy"})'),), "stat", "short", 6),
        Panel("Requests by Service", (Query(requests(_ALL, SERVICE), _SERVICES),), unit="reqps"),
        Panel("Failed by Service", (Query(failed(_ALL, SERVICE), _SERVICES),), unit="percentunit"),
        Panel(
            "Services",
            (
                Query(requests(_ALL, SERVICE), "Requests a second"),
                Query(failed(_ALL, SERVICE), "Failed"),
                Query(quantile(50, _ALL, SERVICE), "50 % within (ms)"),
                Query(quantile(99, _ALL, SERVICE), "99 % within (ms)"),
                Query(encrypted("", SERVICE), "By mTLS"),
            ),
            "table",
            width=24,
            columns=_COLUMNS,
        ),
        Panel(
            "Bytes of TCP connections, sent",
            (Query(f"sum by ({SERVICE}) (rate(istio_tcp_sent_bytes_total{{{_ALL}}}[$__rate_interval]))", _SERVICES),),
            unit="Bps",
        ),
        Panel(
            "Bytes of TCP connections, received",
            (
                Query(
                    f"sum by ({SERVICE}) (rate(istio_tcp_received_bytes_total{{{_ALL}}}[$__rate_interval]))", _SERVICES
                ),
            ),
            unit="Bps",
        ),
    ),
)

SERVICE_BOARD = Board(
    "service",
    "Service",
    (
        Panel("Requests", (Query(requests(f"{_ALL}, {_OF_SERVICE}")),), "stat", "reqps", 6),
        Panel("Failed", (Query(failed(f"{_ALL}, {_OF_SERVICE}")),), "stat", "percentunit", 6),
        Panel("99 % within", (Query(quantile(99, f"{_ALL}, {_OF_SERVICE}")),), "stat", "ms", 6),
        Panel("By mTLS", (Query(encrypted(_OF_SERVICE)),), "stat", "percentunit", 6),
        Panel(
            "Requests by client",
            (
                Query(
                    requests(f"{_ALL}, {_OF_SERVICE}", "source_workload_namespace, source_workload"),
                    "{{source_workload}}.{{source_workload_namespace}}",
                ),
            ),
            unit="reqps",
        ),
        Panel(
            "Answers by status",
            (
                Query(
                    requests(f"{_ALL}, {_OF_SERVICE}", "response_code, grpc_response_status, response_flags"),
                    "{{response_code}} {{grpc_response_status}} {{response_flags}}",
                ),
            ),
            unit="reqps",
            says="Of gRPC with its own status; flags are Envoy's, such as UF where the connection failed.",
        ),
        Panel(
            "Requests by version",
            (Query(requests(f"{_ALL}, {_OF_SERVICE}", "destination_version"), "{{destination_version}}"),),
            unit="reqps",
        ),
        Panel(
            "Time to answer",
            tuple(Query(quantile(percent, f"{_ALL}, {_OF_SERVICE}"), f"{percent} %") for percent in (50, 90, 99)),
            unit="ms",
        ),
        Panel(
            "Time to answer, 99 % by version",
            (Query(quantile(99, f"{_ALL}, {_OF_SERVICE}", "destination_version"), "{{destination_version}}"),),
            unit="ms",
        ),
        Panel(
            "Failed by version",
            (Query(failed(f"{_ALL}, {_OF_SERVICE}", "destination_version"), "{{destination_version}}"),),
            unit="percentunit",
        ),
    ),
    (
        Variable("namespace", "destination_service_namespace", "istio_requests_total"),
        Variable(
            "service",
            "destination_service_name",
            'istio_requests_total{destination_service_namespace=~"$namespace"}',
        ),
    ),
)

_SERVER = f'reporter="destination", {_OF_WORKLOAD}'

WORKLOAD = Board(
    "workload",
    "Workload",
    (
        Panel("Requests in", (Query(requests(_SERVER)),), "stat", "reqps", 6),
        Panel("Failed", (Query(failed(_SERVER)),), "stat", "percentunit", 6),
        Panel("99 % within", (Query(quantile(99, _SERVER)),), "stat", "ms", 6),
        Panel("Requests out", (Query(requests(f"{_ALL}, {_FROM_WORKLOAD}")),), "stat", "reqps", 6),
        Panel(
            "Requests in, by client",
            (
                Query(
                    requests(_SERVER, "source_workload_namespace, source_workload"),
                    "{{source_workload}}.{{source_workload_namespace}}",
                ),
            ),
            unit="reqps",
        ),
        Panel(
            "Requests out, by Service",
            (Query(requests(f"{_ALL}, {_FROM_WORKLOAD}", SERVICE), _SERVICES),),
            unit="reqps",
        ),
        Panel("Time to answer", tuple(Query(quantile(each, _SERVER), f"{each} %") for each in (50, 90, 99)), unit="ms"),
        Panel(
            "Failed requests out, by Service",
            (Query(failed(f"{_ALL}, {_FROM_WORKLOAD}", SERVICE), _SERVICES),),
            unit="percentunit",
        ),
    ),
    (
        Variable("namespace", "destination_workload_namespace", "istio_requests_total"),
        Variable(
            "workload", "destination_workload", 'istio_requests_total{destination_workload_namespace=~"$namespace"}'
        ),
    ),
)
