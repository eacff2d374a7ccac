"""What does a newcomer see while the demo's programs are still on their way?"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from fairlead.cluster.download import MIRROR
from fairlead.demo import command
from fairlead.demo.command import demo_command
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.stack_reader import read_stack_file
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.snapshot


def test_tree_findings_a_changed_weight_and_the_picture_come_before_any_program_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.StringIO()
    monkeypatch.setattr(command, "PlainConsole", lambda: Console(file=said, width=80))
    for name, value in {"XDG_CACHE_HOME": str(tmp_path), "PATH": "", MIRROR: "off", "KUBEBUILDER_ASSETS": ""}.items():
        monkeypatch.setenv(name, value)
    stack_file = read_stack_file(PROGRAM, stack="local")
    with pytest.raises(UserError, match="no Kubernetes API server to run"):
        demo_command(stack_file, PROGRAM, keep=False, engine="helm")
    text = said.getvalue()
    assert (
        "helloworld-routes  VirtualService hello/helloworld [v1 70 %, v2 30 %]  after hello, helloworld-subsets, "
        "istio-ingress, istiod" in text
    )
    assert "Pulumi.local.yaml: 0 errors" in text
    assert "v2 goes from 30 % to 40 % of requests through istio-ingress" in text
    picture = tmp_path / "fairlead" / "pictures" / "local.html"
    assert picture.as_uri() in text
    assert "helloworld" in picture.read_text(encoding="utf-8")
    assert text.index("Picture") < text.index("Programs")
