"""How does the engine run the program? In this process, which has loaded it, and not in a Python that starts for it.

Pulumi's Automation API does the same for a program of its caller: the CLI is told the address of a language host
(`--client`, pulumi/automation/_stack.py). Which plugins the program needs, the engine learns from its resources.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2_grpc

from fairlead.evaluation.evaluation import run_main

_LARGEST = 400 * 1024 * 1024
"""Bytes of a message, as in the SDK's own channels (pulumi/runtime/_grpc_settings.py)."""
_OPTIONS = [("grpc.max_receive_message_length", _LARGEST), ("grpc.max_send_message_length", _LARGEST)]


@contextmanager
def language_host(program: Path) -> Generator[str]:
    """The address at which the CLI finds the program in this folder, as long as the block lasts."""
    workers = ThreadPoolExecutor(max_workers=4)
    server: Any = grpc.server(workers, options=_OPTIONS)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(_Host(program), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()
        workers.shutdown()


class _Host(LanguageServer):
    def __init__(self, program: Path) -> None:
        super().__init__(lambda: run_main(program))
        self._folder = program

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802 - the SDK's name
        """As Pulumi's own host does it: in the program's folder, which is the first place of modules."""
        search_path = [*sys.path]
        sys.path.insert(0, str(self._folder))
        try:
            with chdir(self._folder):
                return LanguageServer.Run(self, request, context)  # pyright: ignore[reportUnknownMemberType]
        finally:
            sys.path[:] = search_path
