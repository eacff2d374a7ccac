"""What is seen of istiod? The dashboard of the control plane."""

from __future__ import annotations

from fairlead_mesh.dashboards.board import Board, Panel, Query

_RATE = "$__rate_interval"


def _quantile(metric: str, percent: int) -> str:
    return f"histogram_quantile({percent / 100:g}, sum by (le) (rate({metric}_bucket[{_RATE}])))"


def _quantiles(metric: str) -> tuple[Query, ...]:
    return tuple(Query(_quantile(metric, percent), f"{percent} %") for percent in (50, 90, 99))


def _rates(metric: str, by: str) -> tuple[Query, ...]:
    return (Query(f"sum by ({by}) (rate({metric}[{_RATE}]))", " ".join(f"{{{{{each}}}}}" for each in by.split(", "))),)


CONTROL_PLANE = Board(
    "control-plane",
    "Control plane",
    (
        Panel("istiods", (Query("count(pilot_info) or vector(0)"),), "stat", "short", 6),
        Panel("Proxies connected", (Query("sum(pilot_xds)"),), "stat", "short", 6),
        Panel("Rejected pushes", (Query("sum(pilot_total_xds_rejects) or vector(0)"),), "stat", "short", 6),
        Panel("Root certificate", (Query("min(citadel_server_root_cert_expiry_seconds)"),), "stat", "s", 6),
        Panel(
            "Time until a proxy has a change",
            _quantiles("pilot_proxy_convergence_time"),
            unit="s",
            says="From the change in the API server until the proxy has all of it.",
        ),
        Panel("Time in the queue", _quantiles("pilot_proxy_queue_time"), unit="s"),
        Panel("Pushes", _rates("pilot_xds_pushes", "type"), unit="ops"),
        Panel("What made istiod push", _rates("pilot_push_triggers", "type"), unit="ops"),
        Panel("Rejected by proxies", _rates("pilot_total_xds_rejects", "type"), unit="ops"),
        Panel(
            "Objects rejected by the webhook",
            _rates("galley_validation_failed", "resource, reason"),
            unit="ops",
        ),
        Panel(
            "Injection",
            (
                Query(f"sum(rate(sidecar_injection_success_total[{_RATE}]))", "injected"),
                Query(f"sum(rate(sidecar_injection_failure_total[{_RATE}]))", "failed"),
            ),
            unit="ops",
        ),
        Panel(
            "Certificates",
            (
                Query(f"sum(rate(citadel_server_csr_count[{_RATE}]))", "asked for"),
                Query(f"sum(rate(citadel_server_success_cert_issuance_count[{_RATE}]))", "issued"),
            ),
            unit="ops",
        ),
        Panel("Memory", (Query('process_resident_memory_bytes{app="istiod"}', "{{pod}}"),), unit="bytes"),
        Panel("CPU", (Query(f'rate(process_cpu_seconds_total{{app="istiod"}}[{_RATE}])', "{{pod}}"),), unit="short"),
        Panel(
            "What istiod knows",
            (Query("max(pilot_services)", "Services"), Query("max(pilot_virt_services)", "VirtualServices")),
        ),
        Panel(
            "Size of what is pushed, 99 %", (Query(_quantile("pilot_xds_config_size_bytes", 99), "99 %"),), unit="bytes"
        ),
    ),
)
