"""Where does the demo run? On a Kubernetes API server of its own: loopback, a temporary folder, gone afterwards."""

from __future__ import annotations

import contextlib
import errno
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from fairlead.cluster.child import end, start
from fairlead.cluster.interrupts import interrupts_held, termination_is_interrupt
from fairlead.cluster.probe import Probe, kubeconfig_text
from fairlead.cluster.server_flags import api_server_flags, controller_flags, etcd_flags
from fairlead.cluster.toolchain import Servers
from fairlead.terminal.errors import UnreachableError, UserError, disk_full

CONTEXT = "fairlead-demo"
ATTEMPTS = 3
READY_WITHIN = 90.0
PORT_TAKEN = "address already in use"
NO_SPACE = "no space left on device"


class _PortTakenError(Exception):
    pass


class ApiServer:
    """etcd, kube-apiserver and kube-controller-manager, running inside a `with` block. There are no nodes: no pod runs.

    With `keep` they go on running after a block that ended well.
    """

    def __init__(self, servers: Servers, *, keep: bool = False) -> None:
        self.servers = servers
        self.keep = keep
        self.folder = Path()
        self.port = 0
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._signals = contextlib.ExitStack()
        self._token = secrets.token_hex(24)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def stop_command(self) -> str:
        """What ends a kept server."""
        return f"kill {' '.join(str(process.pid) for process in self._processes.values())}; rm -r {self.folder}"

    def __enter__(self) -> ApiServer:
        try:
            self._signals.enter_context(termination_is_interrupt())
            self._start_on_free_ports()
            return self
        except BaseException as error:
            self._clear()
            self._signals.close()
            if isinstance(error, OSError):
                raise _explained(error) from error
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, UnreachableError):
                self._explain_if_dead()
        finally:
            if kind is not None or not self.keep:
                self._clear()
            self._signals.close()

    def _start_on_free_ports(self) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._start()
            except _PortTakenError as error:
                self._clear()
                if attempt == ATTEMPTS:
                    raise UserError(
                        f"No free loopback port was found in {ATTEMPTS} attempts ({error}).", "Run the command again."
                    ) from error
            else:
                return

    def _start(self) -> None:
        with interrupts_held():
            self.folder = Path(tempfile.mkdtemp(prefix="fairlead-"))
        self.port = _free_port()
        tokens = self.folder / "tokens.csv"
        tokens.write_text(f"{self._token},fairlead,fairlead,system:masters\n", encoding="utf-8")
        self._run("etcd", self.servers.etcd, etcd_flags(self.folder))
        self._run("kube-apiserver", self.servers.api_server, api_server_flags(self.folder, self.port, tokens))
        probe = Probe(self.url, self._token, self.folder / "pki" / "apiserver.crt")
        self._wait_for("kube-apiserver", probe.answers)
        self.kubeconfig.touch(mode=0o600)
        self.kubeconfig.write_text(kubeconfig_text(CONTEXT, self.url, probe.certificate, self._token), encoding="utf-8")
        self._run("kube-controller-manager", self.servers.controllers, controller_flags(self.folder, self.kubeconfig))
        self._wait_for("kube-controller-manager", probe.is_populated)

    def _run(self, name: str, program: Path, flags: list[str]) -> None:
        with (self.folder / f"{name}.log").open("w", encoding="utf-8") as log, interrupts_held():
            options = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "cwd": self.folder}
            self._processes[name] = start([program, *flags], **options)

    def _wait_for(self, waited_for: str, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not ready():
            self._explain_if_dead()
            if time.monotonic() > deadline:
                self._fail(waited_for, f"was not ready after {READY_WITHIN:.0f} seconds")
            time.sleep(0.05)

    def _fail(self, name: str, what: str) -> None:
        said = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace").partition("\ngoroutine ")[0]
        if PORT_TAKEN in said:
            raise _PortTakenError(f"{name}: {PORT_TAKEN}")
        if NO_SPACE in said:
            raise disk_full(self.folder)
        last = "\n".join(f"  {line[:300]}" for line in said.splitlines()[-8:])
        remedy = "If these servers cannot run here, name others with KUBEBUILDER_ASSETS."
        raise UserError(f"{name} {what}. Its last output:\n{last or '  (none)'}", remedy)

    def _explain_if_dead(self) -> None:
        for name, process in self._processes.items():
            if process.poll() is not None:
                self._fail(name, f"ended with exit code {process.returncode}")

    def _clear(self) -> None:
        with interrupts_held():
            end(list(reversed(self._processes.values())), grace=0.5)
            self._processes.clear()
            if self.folder != Path():
                shutil.rmtree(self.folder, ignore_errors=True)
                self.folder = Path()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _explained(error: OSError) -> UserError:
    where = error.filename or tempfile.gettempdir()
    full = error.errno == errno.ENOSPC
    return disk_full(where) if full else UserError(f"{where}: {error.strerror}.", "Set TMPDIR to another folder.")
