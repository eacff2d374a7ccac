"""Does a lint of plain YAML load no more than it needs? The model of the config alone takes a quarter of a second."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = [pytest.mark.mesh, pytest.mark.process]

ASK = """
import sys
from fairlead.__main__ import main
sys.argv = ["fairlead", "lint", "--objects", sys.argv[1]]
try:
    main()
except SystemExit as end:
    print("code", end.code)
print([name for name in ("fairlead_mesh.config", "fairlead_mesh.keys.section", "pulumi") if name in sys.modules])
"""


def test_a_lint_of_objects_loads_neither_the_config_nor_pulumi(tmp_path: Path) -> None:
    (tmp_path / "route.yaml").write_text(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web, namespace: shop}\n"
        "spec: {hosts: [web], http: [{timeOut: 5s, route: [{destination: {host: web}}]}]}\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", ASK, str(tmp_path)], cwd=PROGRAM, capture_output=True, text=True, check=True
    )
    assert "istio_fields_exist" in run.stdout
    assert run.stdout.endswith("code 1\n[]\n")
