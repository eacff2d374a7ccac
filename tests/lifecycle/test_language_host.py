"""Does the engine get from this process what the program registers? A monitor of the tests asks as the engine does."""
# ruff: noqa: ARG002, N802 - the SDK's names

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    language_pb2,
    language_pb2_grpc,
    resource_pb2,
    resource_pb2_grpc,
)

from fairlead.evaluation.evaluation import evaluate
from fairlead.evaluation.monitor import RecordingMonitor
from fairlead.lifecycle.engine.language_host import language_host
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import stack_file
from tests.fixtures.runs.kubeconfig_files import kubeconfig_file

pytestmark = pytest.mark.snapshot
STACK = "helloworld-subsets"


class Monitor(resource_pb2_grpc.ResourceMonitorServicer, engine_pb2_grpc.EngineServicer):
    """What a run registers, and what it logs."""

    def __init__(self) -> None:
        self.recorded = RecordingMonitor("fairlead", STACK)
        self.logged: list[str] = []
        self.root = ""

    def SupportsFeature(self, request: Any, context: Any) -> Any:
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in self.recorded.features())

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:
        return self.recorded.GetDeploymentInfo(request)

    def RegisterResource(self, request: Any, context: Any) -> Any:
        return self.recorded.RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:
        return self.recorded.RegisterResourceOutputs(request)

    def Invoke(self, request: Any, context: Any) -> Any:
        return self.recorded.Invoke(request)

    def ReadResource(self, request: Any, context: Any) -> Any:
        return self.recorded.ReadResource(request)

    def Log(self, request: Any, context: Any) -> Any:
        self.logged.append(request.message)
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def SetRootResource(self, request: Any, context: Any) -> Any:
        self.root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def GetRootResource(self, request: Any, context: Any) -> Any:
        return engine_pb2.GetRootResourceResponse(urn=self.root)


@pytest.fixture
def monitor() -> Iterator[tuple[Monitor, str]]:
    server: Any = grpc.server(ThreadPoolExecutor(max_workers=8))
    found = Monitor()
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(found, server)
    engine_pb2_grpc.add_EngineServicer_to_server(found, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield found, f"127.0.0.1:{port}"
    server.stop(0).wait()


def run(program: Path, address: str, config: dict[str, str]) -> Any:
    with language_host(program) as host, grpc.insecure_channel(host) as channel:
        request = language_pb2.RunRequest(
            project="fairlead", stack=STACK, config=config, dryRun=True, monitor_address=address, args=[address]
        )
        return language_pb2_grpc.LanguageRuntimeStub(channel).Run(request, timeout=60)


def test_a_run_registers_what_the_evaluation_does(
    monitor: tuple[Monitor, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found, address = monitor
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig_file(tmp_path, "kind-mesh")))
    stack = stack_file(PROGRAM / "examples" / "helloworld-subsets.yaml")
    before = (Path.cwd(), [*sys.path])
    answer = run(PROGRAM, address, stack.program_config())
    assert answer.error == ""
    snapshot = evaluate(PROGRAM, stack)
    assert set(found.recorded.registered) == {each.urn for each in snapshot.resources if not each.read}
    assert before == (Path.cwd(), sys.path)


def test_a_program_runs_in_its_folder_and_says_why_it_fails(monitor: tuple[Monitor, str], tmp_path: Path) -> None:
    found, address = monitor
    (tmp_path / "beside.py").write_text("import os\nHERE = os.getcwd()\n")
    (tmp_path / "__main__.py").write_text(
        "import pulumi\nfrom beside import HERE\nraise pulumi.RunError(f'not in {HERE}')\n"
    )
    answer = run(tmp_path, address, {})
    assert answer.error == f"not in {os.path.realpath(tmp_path)}"
    assert f"not in {os.path.realpath(tmp_path)}" in found.logged
