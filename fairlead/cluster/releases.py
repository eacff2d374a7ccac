"""Which releases of other projects does the demo download? Each for a platform, with the digest its project published.

Kubernetes: CHANGELOG-1.36.md of kubernetes/kubernetes, "Server Binaries" (the only archive with the controller manager;
its projects publish none for macOS). etcd: the release's SHA256SUMS, as kubernetes-sigs/kubespray keeps them. Helm: the
release notes of helm/helm v3.22.0.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass

# renovate: kubernetes/kubernetes
KUBERNETES_RELEASE = "1.36.0"
# renovate: etcd-io/etcd
ETCD_RELEASE = "3.6.5"
# renovate: helm/helm
HELM_RELEASE = "3.22.0"

Platform = tuple[str, str]
"""Operating system and processor, as releases call them."""


@dataclass(frozen=True)
class Archive:
    """One file of a release: where it is, its digest as `algorithm:hex`, and program -> its place in it."""

    name: str
    title: str
    url: str
    digest: str
    programs: Mapping[str, str]


_KUBERNETES = {
    ("linux", "amd64"): (
        "1c64da92575451c2c7ff97c79b772e603995f8e76da1371a6b0746aaa27b65dc"
        "e81c4d734cbb50f40e71486a8e08df36f14e12974f97d4d29e41f23a172a6a25"
    ),
    ("linux", "arm64"): (
        "7f95e451baedd9368a2fa637afa84c9ed1b958736540ca27a379e5e292e1a10c"
        "5d9a29539f833047574bf5d3b6f907f32dee5735acecc11aa4686f078108dcf8"
    ),
}
_ETCD = {
    ("linux", "amd64"): "66bad39ed920f6fc15fd74adcb8bfd38ba9a6412f8c7852d09eb11670e88cac3",
    ("linux", "arm64"): "7010161787077b07de29b15b76825ceacbbcedcb77fe2e6832f509be102cab6b",
}
_HELM = {
    ("linux", "amd64"): "1e4ab49e429626cf6c6958d914248b78c9730803c2751b87627e171dc800e7bb",
    ("linux", "arm64"): "f14e804dfee240f55525b667488fe9adca349e63e00c9af634c0beb1421ac310",
    ("darwin", "amd64"): "bd1d09f316558dda23698527859600936fed1371021ce0f2272d66b2fdcfa69c",
    ("darwin", "arm64"): "4c9982a6cdeb458b60258df66b55398ca5b19293f6877faffe2909ad6f23dfe0",
}


def this_platform() -> Platform:
    """The platform of this machine."""
    machine = platform.machine().lower()
    return platform.system().lower(), {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def kubernetes_release(on: Platform) -> Archive | None:
    """The API server and the controller manager; None where the project publishes none for this platform."""
    if on not in _KUBERNETES:
        return None
    system, machine = on
    return Archive(
        "kubernetes-release",
        f"Kubernetes {KUBERNETES_RELEASE}",
        f"https://dl.k8s.io/v{KUBERNETES_RELEASE}/kubernetes-server-{system}-{machine}.tar.gz",
        f"sha512:{_KUBERNETES[on]}",
        {name: f"kubernetes/server/bin/{name}" for name in ("kube-apiserver", "kube-controller-manager")},
    )


def etcd_release(on: Platform) -> Archive | None:
    """etcd."""
    if on not in _ETCD:
        return None
    stem = f"etcd-v{ETCD_RELEASE}-{on[0]}-{on[1]}"
    return Archive(
        "etcd-release",
        f"etcd {ETCD_RELEASE}",
        f"https://github.com/etcd-io/etcd/releases/download/v{ETCD_RELEASE}/{stem}.tar.gz",
        f"sha256:{_ETCD[on]}",
        {"etcd": f"{stem}/etcd"},
    )


def helm_release(on: Platform) -> Archive | None:
    """Helm."""
    if on not in _HELM:
        return None
    return Archive(
        "helm-release",
        f"Helm {HELM_RELEASE}",
        f"https://get.helm.sh/helm-v{HELM_RELEASE}-{on[0]}-{on[1]}.tar.gz",
        f"sha256:{_HELM[on]}",
        {"helm": f"{on[0]}-{on[1]}/helm"},
    )
