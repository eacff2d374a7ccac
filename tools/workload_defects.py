"""Which single defects break namespaces, Services and what makes pods? A part of the table of tools/lint_defects.py."""

from __future__ import annotations

from defect_changes import Change, dropped, misspelt, misspelt_values, said, twice

ANNOTATIONS = "spec.template.metadata.annotations"
WORKLOADS: dict[str, list[tuple[str, Change]]] = {
    "Service": [
        ("spec.selector", misspelt_values),
        ("spec.ports.*.targetPort", said("nowhere")),
        ("spec.ports", twice("name")),
        ("spec.ports", twice("port")),
        ("spec.ports.*.appProtocol", said("htpp")),
    ],
    "Deployment": [
        ("spec.selector.matchLabels", misspelt_values),
        ("spec.template.spec.serviceAccountName", misspelt),
        ("spec.template.spec.securityContext+", said({"runAsUser": 1337})),
        ("spec.template.spec.containers.0.ports.0.containerPort", said(15001)),
        ("spec.template.spec.containers.0.ports.0.name+", said("a-name-that-is-too-long")),
        ("spec.template.metadata.labels.sidecar.istio.io/inject+", said("yes")),
        ("spec.template.metadata.labels.istio.io/rev+", said("gone")),
        ("spec.template.metadata.labels.team+", said(True)),
        (f"{ANNOTATIONS}.sidecar.istio.io/injekt+", said("true")),
        (f"{ANNOTATIONS}.sidecar.istio.io/proxyCPU+", said("lots")),
        (f"{ANNOTATIONS}.sidecar.istio.io/proxyMemory+", said("128MB")),
        (f"{ANNOTATIONS}.sidecar.istio.io/logLevel+", said("verbose")),
        (f"{ANNOTATIONS}.sidecar.istio.io/interceptionMode+", said("IPTABLES")),
        (f"{ANNOTATIONS}.sidecar.istio.io/statsHistogramBuckets+", said("[1, 5, 10]")),
        (f"{ANNOTATIONS}.sidecar.istio.io/statsInclusionPrefixes+", said(True)),
        (f"{ANNOTATIONS}.sidecar.istio.io/statsInclusionRegexps+", said("cluster[")),
        (f"{ANNOTATIONS}.sidecar.istio.io/statsCompression+", said("gzip9")),
        (f"{ANNOTATIONS}.sidecar.istio.io/extraStatTags+", said("a tag")),
        (f"{ANNOTATIONS}.sidecar.istio.io/agentLogLevel+", said("default=loud")),
        (f"{ANNOTATIONS}.sidecar.istio.io/bootstrapOverride+", said("nowhere")),
        (f"{ANNOTATIONS}.traffic.sidecar.istio.io/excludeInboundPorts+", said("http")),
        (f"{ANNOTATIONS}.traffic.sidecar.istio.io/includeOutboundIPRanges+", said("10.0.0.0")),
        (f"{ANNOTATIONS}.traffic.sidecar.istio.io/includeInboundPorts+", said("80;443")),
        (f"{ANNOTATIONS}.proxy.istio.io/config+", said("concurrency: two")),
        (f"{ANNOTATIONS}.proxy.istio.io/config+", said("concurency: 2")),
        (f"{ANNOTATIONS}.proxy.istio.io/config+", said("terminationDrainDuration: 10")),
        (f"{ANNOTATIONS}.proxy.istio.io/config+", said("tracing: {sampling: high}")),
        (f"{ANNOTATIONS}.proxy.istio.io/config+", said("proxyMetadata: [A]")),
        (f"{ANNOTATIONS}.proxy.istio.io/config+", said("holdApplicationUntilProxyStarts: always")),
        (f"{ANNOTATIONS}.inject.istio.io/templates+", said("sidcar")),
        ("metadata.annotations.sidecar.istio.io/proxyMemory+", said("100Mi")),
    ],
    "Namespace": [
        ("metadata.labels.istio-injection", said("true")),
        ("metadata.labels.istio-injection", dropped),
        ("metadata.labels.istio-injection", said("disable")),
        ("metadata.labels.istio.io/rev", misspelt),
        ("metadata.labels.istio.io/rev+", said("gone")),
    ],
    "WorkloadEntry": [("spec.address", said("10.1.2.300")), ("spec.labels", misspelt_values)],
}
for _kind in ("StatefulSet", "DaemonSet"):
    WORKLOADS[_kind] = WORKLOADS["Deployment"]
