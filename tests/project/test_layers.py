"""Does every file keep to its layer? The arrows of the three folders, read from the files' own imports."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.fixtures.checkout import PROGRAM, TESTS

pytestmark = pytest.mark.mesh

LAYERS = ("fairlead_mesh", "components", "fairlead")
FILES = {layer: sorted((PROGRAM / layer).rglob("*.py")) for layer in LAYERS}
EVERY_FILE = [PROGRAM / "__main__.py", *(path for layer in LAYERS for path in FILES[layer])]
TEST_ROOMS = sorted(path for path in TESTS.iterdir() if (path / "__init__.py").is_file())
EVERY_TEST_FILE = [*sorted(TESTS.glob("*.py")), *(path for room in TEST_ROOMS for path in sorted(room.rglob("*.py")))]
PAGE = 60
"""What is seen without scrolling."""
ROOM = 30
"""About 25 files can be taken in at a glance, and one more is no reason to tidy up at once."""
VAGUE = {"utils", "helpers", "common", "manager", "base"}
YAML_READERS = [PROGRAM / "fairlead_mesh" / "reading" / name for name in ("documents.py", "simple_documents.py")]
"""The one way by which the mesh reads YAML, for `up` and the command line alike, and its short cut."""
MODEL = PROGRAM / "fairlead_mesh" / "model"
SDKS = re.compile(r"pulumi(_[a-z]+)?|yaml")
"""The SDK brings yaml along."""
COMPONENT_TYPE = "fairlead:components:"


def local(path: Path) -> str:
    return str(path.relative_to(PROGRAM))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(tree(path)))


def imported(path: Path) -> set[str]:
    """The packages that a file imports, wherever in it."""
    names: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # Components find each other where they are installed: the wheel has them under another name.
            inside = path.is_relative_to(PROGRAM / "components") and node.level in (1, 2)
            assert node.level == 0 or inside, f"{local(path)} imports relatively, which hides the layer"
            names.add("components" if node.level else node.module or "")
    return {name.partition(".")[0] for name in names}


def beyond_python(path: Path) -> set[str]:
    return imported(path) - sys.stdlib_module_names


def modules(path: Path) -> set[str]:
    """The modules that a file imports, by their whole names."""
    found = {alias.name for node in nodes(path) if isinstance(node, ast.Import) for alias in node.names}
    return found | {node.module or "" for node in nodes(path) if isinstance(node, ast.ImportFrom)}


def component_classes(path: Path) -> list[ast.ClassDef]:
    classes = [node for node in tree(path).body if isinstance(node, ast.ClassDef)]
    return [each for each in classes if any(ast.unparse(base) == "pulumi.ComponentResource" for base in each.bases)]


def uses(path: Path, name: str) -> Iterator[int]:
    """Lines where a file speaks of `pulumi.<name>`, or imports it by its own name."""
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == f"pulumi.{name}":
            yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "pulumi":
            yield from (node.lineno for alias in node.names if alias.name == name)


COMPONENTS = [path for path in FILES["components"] if component_classes(path)]


@pytest.mark.scale
def test_the_mesh_needs_nothing_but_python_and_pydantic() -> None:
    allowed = {"fairlead_mesh", "pydantic", "pydantic_core"}
    others = {path: beyond_python(path) - allowed for path in FILES["fairlead_mesh"]}
    for reader in YAML_READERS:
        others[reader] -= {"yaml"}
    assert {local(path): names for path, names in others.items() if names} == {}


def test_the_model_lies_below_everything_and_needs_nothing_but_python() -> None:
    """`fairlead_mesh.findings` holds the plain types of places and hits, and imports nothing itself."""
    ours = {path: modules(path) for path in FILES["fairlead_mesh"] if MODEL in path.parents}
    fine = re.compile(rf"fairlead_mesh\.(model\..*|findings)|({'|'.join(sys.stdlib_module_names)})(\..*)?")
    above = {local(path): [each for each in sorted(names) if not fine.fullmatch(each)] for path, names in ours.items()}
    assert {path: names for path, names in above.items() if names} == {}
    assert beyond_python(PROGRAM / "fairlead_mesh" / "findings.py") == set()


@pytest.mark.parametrize("path", FILES["components"], ids=local)
def test_components_know_the_mesh_and_the_sdks_alone(path: Path) -> None:
    others = beyond_python(path) - {"fairlead_mesh", "components"}
    assert [name for name in sorted(others) if not SDKS.fullmatch(name)] == []


@pytest.mark.scale
def test_the_command_line_runs_the_program_and_never_imports_its_components() -> None:
    assert [local(path) for path in FILES["fairlead"] if "components" in imported(path)] == []
    quoted = [
        (path, node.value) for path in FILES["fairlead"] for node in nodes(path) if isinstance(node, ast.Constant)
    ]
    texts = [(local(path), text) for path, text in quoted if isinstance(text, str)]
    assert [each for each in texts if re.match(r"components(\.[a-z_]+)?$", each[1])] == []


def test_the_program_itself_knows_pulumi_and_the_components_alone() -> None:
    assert beyond_python(PROGRAM / "__main__.py") == {"components", "pulumi"}


def test_components_name_each_other_only_as_neighbours() -> None:
    """So that they are found under whichever name they are installed."""
    absolute = [
        local(path)
        for path in FILES["components"]
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").startswith("components")
    ]
    assert absolute == []


def test_the_whole_stack_is_on_one_page() -> None:
    """Every component is created in components/stack.py, or by a neighbour that it calls."""
    page = (PROGRAM / "components" / "stack.py").read_text(encoding="utf-8")
    folder = PROGRAM / "components"
    parts = {".".join(path.relative_to(folder).with_suffix("").parts) for path in COMPONENTS} - {"mesh"}
    assert [part for part in sorted(parts) if f"from .{part} import" not in page] == []
    assert len(page.splitlines()) <= PAGE


def test_a_layer_has_rooms_in_rooms_and_nothing_deeper() -> None:
    deepest = len(("layer", "room", "room", "file"))
    ours = [path for folder in (*LAYERS, "tests", "tools") for path in (PROGRAM / folder).rglob("*.py")]
    deep = [local(path) for path in ours if len(path.relative_to(PROGRAM).parts) > deepest]
    assert deep == []


@pytest.mark.scale
def test_tests_share_what_is_in_fixtures_and_nothing_of_each_others() -> None:
    each = [(local(path), node) for path in EVERY_TEST_FILE for node in nodes(path)]
    named = [(path, node.module or "") for path, node in each if isinstance(node, ast.ImportFrom)]
    named += [(path, alias.name) for path, node in each if isinstance(node, ast.Import) for alias in node.names]
    ours = [(path, name) for path, name in named if name.partition(".")[0] == "tests"]
    assert [(path, name) for path, name in ours if not name.startswith("tests.fixtures")] == []


def test_every_test_is_in_a_room_and_fixtures_hold_none() -> None:
    assert [path.name for folder in (TESTS, TESTS / "fixtures") for path in folder.glob("test_*.py")] == []


def test_a_folder_can_be_taken_in_at_a_glance() -> None:
    folders = Counter(local(path.parent) for path in [*EVERY_FILE, *EVERY_TEST_FILE])
    assert {folder: count for folder, count in folders.items() if count > ROOM} == {}


def test_a_files_name_says_what_is_in_it_and_its_docstring_which_question_it_answers() -> None:
    assert [local(path) for path in EVERY_FILE if VAGUE & {path.stem, *path.stem.split("_")}] == []
    documented = [path for path in EVERY_FILE if path.parent != PROGRAM]
    assert [local(path) for path in documented if "?" not in (ast.get_docstring(tree(path)) or "")] == []


@pytest.mark.parametrize("path", COMPONENTS, ids=local)
def test_a_component_is_the_one_of_its_file_and_named_as_it(path: Path) -> None:
    noun = "".join(word.capitalize() for word in path.stem.split("_"))
    assert [each.name for each in component_classes(path)] == [noun]
    assert [node.name for node in tree(path).body if isinstance(node, ast.ClassDef)] == [noun]


@pytest.mark.parametrize("path", COMPONENTS, ids=local)
def test_a_component_has_a_token_of_its_class(path: Path) -> None:
    (component,) = component_classes(path)
    (call,) = [text for text in map(ast.unparse, initialiser(component).body) if text.startswith("super().__init__(")]
    of_its_section = f"f'{COMPONENT_TYPE}{{type(config).__name__}}'"
    # A Mesh is what the package calls it.
    others = {"addon": of_its_section, "mesh": "kind"}
    token = others.get(path.stem, f"'{COMPONENT_TYPE}{component.name}'")
    assert call.startswith(f"super().__init__({token}, ")


@pytest.mark.parametrize("path", COMPONENTS, ids=local)
def test_a_component_takes_its_section_and_all_else_by_name(path: Path) -> None:
    (component,) = component_classes(path)
    arguments = initialiser(component).args
    assert len(arguments.args) == len(("self", "section"))
    assert arguments.kwonlyargs
    assert (arguments.vararg, arguments.kwarg) == (None, None)


@pytest.mark.parametrize("path", COMPONENTS, ids=local)
def test_a_component_registers_its_outputs_last(path: Path) -> None:
    (component,) = component_classes(path)
    assert ast.unparse(initialiser(component).body[-1]).startswith("self.register_outputs({")
    assert path.read_text(encoding="utf-8").count("register_outputs") == 1


def initialiser(component: ast.ClassDef) -> ast.FunctionDef:
    (found,) = [node for node in component.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
    return found


def test_every_part_of_a_mesh_has_its_component() -> None:
    nouns = {path.stem for path in COMPONENTS}
    assert {"cluster", "security_rules", "control_plane", "gateway", "mesh_namespace", "app_routing"} <= nouns
    assert {"addon", "sample_app", "plain_objects"} <= nouns


def test_only_the_program_exports() -> None:
    files = [*FILES["components"], *FILES["fairlead_mesh"]]
    assert [(local(path), line) for path in files for line in uses(path, "export")] == []


def test_only_stack_config_reads_the_stacks_config() -> None:
    others = [path for path in FILES["components"] if path.stem != "stack_config"]
    assert [(local(path), line) for path in others for line in uses(path, "Config")] == []


def test_pulumi_up_needs_four_packages_and_each_is_pinned() -> None:
    lines = (PROGRAM / "requirements.in").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line.strip() and not line.startswith("#")]
    assert sorted(pin.partition("==")[0] for pin in pins) == ["pulumi", "pulumi-aws", "pulumi-kubernetes", "pydantic"]
    assert all(re.fullmatch(r"[a-z-]+==\d+\.\d+\.\d+", pin) for pin in pins)
