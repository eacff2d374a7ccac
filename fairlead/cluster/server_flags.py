"""With which flags do the demo's three servers run? The least that a real API server needs, and why."""

from __future__ import annotations

from pathlib import Path

_CLIENTS, _PEERS = "unix://etcd.sock", "unix://peers.sock"
"""Sockets in the servers' own folder, which nobody else may enter: etcd asks nobody who they are, and a port of
loopback is every user's. They are relative to that folder, as a socket's path has about a hundred characters."""


def etcd_flags(folder: Path) -> list[str]:
    """etcd for an hour: in memory as far as it can be."""
    return [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={_CLIENTS}",
        # etcd wants a host and a port here, and tells them to members that there are not.
        "--advertise-client-urls=http://localhost:2379",
        f"--listen-peer-urls={_PEERS}",
        "--unsafe-no-fsync",
    ]


def api_server_flags(folder: Path, port: int, tokens: Path) -> list[str]:
    """The API server on one loopback port, which takes one token."""
    pki = folder / "pki"
    # The server makes its own certificate, and its key also signs the service accounts' tokens.
    key = pki / "apiserver.key"
    return [
        f"--etcd-servers={_CLIENTS}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={pki}",
        f"--token-auth-file={tokens}",
        "--authorization-mode=RBAC",
        "--anonymous-auth=false",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-signing-key-file={key}",
        f"--service-account-key-file={key}",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--allow-privileged=true",
        # A loopback address is not one that endpoints may have.
        "--endpoint-reconciler-type=none",
        # A webhook whose Service has no endpoints fails at once instead of after ten seconds.
        "--enable-aggregator-routing=true",
    ]


def controller_flags(folder: Path, kubeconfig: Path) -> list[str]:
    """The controllers, as fast as they can."""
    pki = folder / "pki"
    return [
        f"--kubeconfig={kubeconfig}",
        f"--root-ca-file={pki / 'apiserver.crt'}",
        f"--service-account-private-key-file={pki / 'apiserver.key'}",
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=300",
        "--kube-api-burst=600",
    ]
