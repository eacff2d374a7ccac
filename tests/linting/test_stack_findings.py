"""Does `lint` find what is wrong with a stack on the line of its file?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.lint_input import BAD_STACK, HOUSE, ROUTES, of_json

pytestmark = pytest.mark.mesh


def test_a_stack_is_linted_at_the_lines_of_its_file(command, tmp_path: Path) -> None:
    stack = tmp_path / "stack.yaml"
    stack.write_text(BAD_STACK)
    code, out, _ = command("lint", "--config-file", str(stack), "--format", "json")
    (finding,) = of_json(out, "gateways_exist")
    assert code == 1
    assert (finding["line"], finding["column"], finding["path"]) == (6, 18, "fairlead:apps[0].gateways[0]")
    assert (finding["file"], finding["value"]) == (str(stack), "nope")


def test_an_override_is_linted_too(command, tmp_path: Path) -> None:
    stack = tmp_path / "stack.yaml"
    stack.write_text(BAD_STACK)
    code, out, _ = command(
        "lint", "--config-file", str(stack), "--set", 'apps.web.gateways=["mesh"]', "--format", "json"
    )
    assert (code, of_json(out, "gateways_exist")) == (0, [])


def test_a_misspelt_key_is_a_finding_at_its_value(command, tmp_path: Path) -> None:
    stack = tmp_path / "stack.yaml"
    stack.write_text(BAD_STACK.replace("gateways", "gatways"))
    _, out, _ = command("lint", "--config-file", str(stack), "--format", "json")
    (finding,) = of_json(out, "shape")
    assert (finding["line"], finding["column"]) == (6, 16)
    assert "gateways" in finding["message"]


def test_a_stack_file_that_is_no_yaml_is_a_finding_with_its_place(command, tmp_path: Path) -> None:
    stack = tmp_path / "stack.yaml"
    stack.write_text("config:\n  a: b: c\n")
    code, out, _ = command("lint", "--config-file", str(stack), "--format", "json")
    (finding,) = of_json(out, "yaml")
    assert (code, finding["line"], finding["column"]) == (1, 2, 7)


def test_the_stacks_own_objects_are_linted_at_their_lines(command, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: fairlead\n")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "routes.yaml").write_text(HOUSE + ROUTES)
    (tmp_path / "own" / "words.yaml").write_text("just words\n")
    (tmp_path / "own" / "twice.yaml").write_text(ROUTES.partition("---")[0] + "status: {}\n")
    (tmp_path / "own" / "broken.yaml").write_text("a: [\n")
    keys = "config:\n  fairlead:cluster: {kubeconfig: {context: kind}}\n  fairlead:objects: [own, gone.yaml]\n"
    (tmp_path / "Pulumi.dev.yaml").write_text(keys)
    code, out, _ = command("lint", "--cwd", str(tmp_path), "--stack", "dev", "--format", "json")
    assert code == 1
    (finding,) = of_json(out)
    # Somebody else's Service may be there: a stack does not own its namespace.
    assert (finding["severity"], finding["line"], finding["file"]) == ("warning", 13, str(tmp_path / "own/routes.yaml"))
    wrong = [(Path(each["file"]).name, each["line"], each["value"]) for each in of_json(out, "objects")]
    assert wrong == [("Pulumi.dev.yaml", 3, "gone.yaml"), ("twice.yaml", 3, "routes"), ("words.yaml", 1, None)]
    assert [Path(each["file"]).name for each in of_json(out, "yaml")] == ["broken.yaml"]
