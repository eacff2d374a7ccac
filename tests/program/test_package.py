"""Does the package for other languages say and do what a stack file does?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi.errors import InputPropertiesError

from components.package.schema import APP, AROUND, MESH, MESH_KEY, package_schema
from fairlead.evaluation.evaluation import evaluate
from fairlead.evaluation.snapshot import UNKNOWN, Resource, Snapshot
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.stack_file import StackFile
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead_mesh.apps.app import App
from fairlead_mesh.config import SECRET_KEYS, Config
from fairlead_mesh.keys.key_words import key_words
from fairlead_mesh.keys.section import Section
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import EXAMPLES

pytestmark = pytest.mark.snapshot
SCHEMA = package_schema("1.2.3")
CLUSTER = {"kubeconfig": {"context": "kind-mesh"}}
HELLO = {"name": "hello", "namespace": "hello", "port": 5000, "external": {"labels": {"app": "hello"}}}
AROUND_HELLO = {
    "cluster": CLUSTER,
    "gateways": [{"name": "edge", "expose": "nodePort", "selector": {"istio": "edge"}}],
}


def program(folder: Path, *lines: str) -> Snapshot:
    """What a program registers that asks the provider for components, as the engine would on its behalf."""
    head = "import pulumi\nfrom pulumi.output import UNKNOWN\nfrom components.package.provider import PackageProvider\n"
    head += "make = PackageProvider('1.2.3').construct\n"
    (folder / "__main__.py").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    file = StackFile("somebody", "dev", folder / "Pulumi.dev.yaml", {})
    return evaluate(folder, file)


def mesh(name: str, inputs: dict[str, Any]) -> str:
    return f"made = make({name!r}, {MESH!r}, {inputs!r})"


def below(snapshot: Snapshot, name: str) -> list[Resource]:
    return [each for each in snapshot.resources if each.name.startswith(f"{name}-")]


def keys_of(stack_file: StackFile) -> dict[str, Any]:
    return {key: value for key, value in stack_file.own_keys().items() if key not in SECRET_KEYS}


def test_a_mesh_takes_every_key_of_a_stack_file() -> None:
    inputs = SCHEMA["resources"][MESH]["inputProperties"]
    assert inputs.keys() == {str(field.alias) for field in Config.model_fields.values()} | SECRET_KEYS.keys()
    assert {key for key, each in inputs.items() if each.get("secret")} == SECRET_KEYS.keys()


def test_an_app_takes_every_key_of_an_app_and_the_mesh_that_exists() -> None:
    made = SCHEMA["resources"][APP]
    assert made["inputProperties"].keys() == {str(field.alias) for field in App.model_fields.values()} | {MESH_KEY}
    assert made["requiredInputs"] == ["name", "port"]
    assert SCHEMA["types"]["fairlead:index:ExistingMesh"]["properties"].keys() == set(AROUND)


def sections(of: type[Section]) -> Iterator[type[Section]]:
    for each in of.__subclasses__():
        yield each
        yield from sections(each)


@pytest.mark.parametrize("section", sorted({*sections(Section)}, key=str), ids=str)
def test_a_section_has_the_keys_and_the_words_of_its_model(section: type[Section]) -> None:
    name = "MeshApp" if section is App else section.__name__
    made = SCHEMA["types"].get(f"fairlead:index:{name}")
    if made is None or section.__module__.startswith("fairlead_mesh.company"):
        return
    assert made["properties"].keys() == {str(field.alias) for field in section.model_fields.values()}
    words = key_words(section)
    for name, field in section.model_fields.items():
        told = made["properties"][str(field.alias)].get("description", "")
        assert told == " ".join(words.get(name, "").split())


def test_every_type_that_is_named_is_there_and_no_other() -> None:
    text = json.dumps(SCHEMA)
    named = {token for token in SCHEMA["types"] if f"#/types/{token}" in text}
    assert named == SCHEMA["types"].keys()
    assert text.count("#/types/") == sum(text.count(f'#/types/{token}"') for token in named)


def test_words_of_a_key_are_its_only_values() -> None:
    expose = SCHEMA["types"]["fairlead:index:Gateway"]["properties"]["expose"]["$ref"].removeprefix("#/types/")
    assert [each["value"] for each in SCHEMA["types"][expose]["enum"]] == [
        "internet-facing",
        "internal",
        "nodePort",
        "clusterIP",
    ]


def test_names_of_ones_own_beside_a_key_are_a_map_of_anything() -> None:
    weights = SCHEMA["types"]["fairlead:index:Route"]["properties"]["weights"]
    assert (weights["type"], weights["additionalProperties"]) == ("object", {"$ref": "pulumi.json#/Any"})


@pytest.mark.parametrize("path", [path for path in EXAMPLES if path.stem in ("helloworld-subsets", "minikube")])
def test_a_mesh_registers_what_the_stack_does_below_it_and_with_its_name(path: Path, tmp_path: Path) -> None:
    stack_file = read_stack_file(PROGRAM, config_file=path)
    alone = evaluate(PROGRAM, stack_file)
    made = program(tmp_path, mesh("edge", keys_of(stack_file)))
    stack, component, *rest = made.resources
    assert (component.type, component.name, component.parent) == (MESH, "edge", stack.urn)
    whole = [each for each in alone.resources if each.type != "pulumi:pulumi:Stack"]
    assert {(each.type, each.name) for each in rest} == {(each.type, f"edge-{each.name}") for each in whole}
    assert all(f"{MESH}$" in each.urn for each in rest)
    objects = {each.name: each.inputs["spec"] for each in whole if each.is_kubernetes_object and "spec" in each.inputs}
    assert {f"edge-{name}": spec for name, spec in objects.items()} == {
        each.name: each.inputs["spec"] for each in rest if each.is_kubernetes_object and "spec" in each.inputs
    }


def test_a_program_may_have_two_meshes(tmp_path: Path) -> None:
    keys = {"cluster": CLUSTER, "gateways": [{"name": "edge", "expose": "nodePort"}]}
    made = program(tmp_path, mesh("one", keys), mesh("two", keys))
    assert len(below(made, "one")) == len(below(made, "two")) > 5


def test_a_provider_that_it_is_given_is_used_and_no_cluster_need_be_named(tmp_path: Path) -> None:
    inputs = {"gateways": [{"name": "edge", "expose": "nodePort"}]}
    made = program(
        tmp_path,
        "import pulumi_kubernetes as kubernetes",
        "given = kubernetes.Provider('given', context='other')",
        f"make('mesh', {MESH!r}, {inputs!r}, pulumi.ResourceOptions(providers={{'kubernetes': given}}))",
    )
    assert [each.name for each in made.resources if each.type == "pulumi:providers:kubernetes"] == ["given"]
    used = {each.provider for each in made.resources if each.custom and not each.type.startswith("pulumi:")}
    assert len(used) == 1
    assert "::given" in str(used)


def test_without_a_provider_and_without_a_cluster_the_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputPropertiesError) as caught:
        program(tmp_path, mesh("mesh", {}))
    assert caught.value.errors is not None
    assert [each["property_path"] for each in caught.value.errors] == ["cluster"]


def test_what_is_wrong_is_told_at_the_input_with_its_remedy(tmp_path: Path) -> None:
    app = {**HELLO, "versions": [{"name": "v1"}, {"name": "v2"}], "routes": [{"weights": {"v1": 50.0, "v2": 40.0}}]}
    with pytest.raises(InputPropertiesError) as caught:
        program(tmp_path, mesh("mesh", {"cluster": CLUSTER, "apps": [app]}))
    (error,) = caught.value.errors or []
    assert error["property_path"] == "apps[0].routes[0].weights"
    assert "add up to 90" in error["reason"]
    with pytest.raises(InputPropertiesError) as caught:
        program(tmp_path, f"make('hello', {APP!r}, { ({**app, MESH_KEY: AROUND_HELLO})!r})")
    assert [each["property_path"] for each in caught.value.errors or []] == ["routes[0].weights"]
    around = {**AROUND_HELLO, "gateways": [{"name": "mesh"}]}
    with pytest.raises(InputPropertiesError) as caught:
        program(tmp_path, f"make('hello', {APP!r}, { ({**HELLO, MESH_KEY: around})!r})")
    assert [each["property_path"] for each in caught.value.errors or []] == ["mesh.gateways[0].name"]


def test_an_app_adds_its_routing_to_a_mesh_that_exists_and_nothing_else(tmp_path: Path) -> None:
    app = {**HELLO, "gateways": ["edge"], "hosts": ["hello.example.com"], MESH_KEY: AROUND_HELLO}
    made = program(tmp_path, f"make('shop', {APP!r}, {app!r})")
    kinds = [each.type for each in made.resources if each.is_kubernetes_object and not each.read]
    assert kinds == ["kubernetes:networking.istio.io/v1:VirtualService"]
    (routes,) = [each for each in made.resources if each.type.endswith(":VirtualService")]
    assert routes.inputs["spec"]["gateways"] == ["edge/edge"]


def test_a_secret_key_stays_secret_and_a_secret_elsewhere_is_refused_by_its_path(tmp_path: Path) -> None:
    keys = {"cluster": CLUSTER, "addons": {"grafana": {}, "prometheus": {}}}
    line = f"make('mesh', {MESH!r}, {{**{keys!r}, 'grafanaAdminPassword': pulumi.Output.secret('hunter2hunter2')}})"
    made = program(tmp_path, line)
    assert "hunter2" not in json.dumps([each.inputs for each in made.resources], default=str)
    assert any(each.type == "kubernetes:core/v1:Secret" for each in made.resources)
    # As the SDK's server has it: an output whose value is there.
    received = (
        "import asyncio",
        "from pulumi.output import _OutputData",
        "value = asyncio.Future()",
        f"value.set_result(_OutputData(set(), {CLUSTER!r}, True, True))",
    )
    with pytest.raises(InputPropertiesError) as caught:
        program(tmp_path, *received, f"make('mesh', {MESH!r}, {{'cluster': pulumi.Output._from_data(value)}})")
    (error,) = caught.value.errors or []
    assert error["property_path"] == "cluster"
    assert "is a secret" in error["reason"]


def test_inputs_that_nobody_knows_yet_leave_the_component_alone_in_the_preview(
    tmp_path: Path,
) -> None:
    made = program(
        tmp_path,
        f"made = make('mesh', {MESH!r}, {{'cluster': {{'eks': {{'name': UNKNOWN}}}}}})",
        "pulumi.export('apps', made.state['apps'])",
    )
    assert [each.type for each in made.resources] == ["pulumi:pulumi:Stack", MESH]


def test_another_type_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no fairlead:index:Mash"):
        program(tmp_path, "make('mesh', 'fairlead:index:Mash', {})")


def test_the_yaml_example_is_what_the_provider_takes(tmp_path: Path) -> None:
    example = yaml.safe_load((PROGRAM / "examples" / "yaml" / "Pulumi.yaml").read_text(encoding="utf-8"))
    lines = [
        f"make({name!r}, {each['type'].replace(':', ':index:')!r}, {each['properties']!r})"
        for name, each in example["resources"].items()
    ]
    made = program(tmp_path, *lines)
    assert {each.type for each in made.resources} >= {MESH, APP}
    routes = sorted(each.name for each in made.resources if each.type.endswith(":VirtualService"))
    assert routes == ["mesh-helloworld-routes", "shop-shop-routes"]


def test_an_app_that_comes_after_its_mesh_looks_at_no_gateway_before_that_exists(tmp_path: Path) -> None:
    app = {**HELLO, "gateways": ["edge"], "hosts": ["hello.example.com"], MESH_KEY: AROUND_HELLO}
    alone = program(tmp_path, f"make('shop', {APP!r}, {app!r})")
    after = program(
        tmp_path,
        "import pulumi_kubernetes as kubernetes",
        "first = kubernetes.Provider('first', context='other')",
        f"make('shop', {APP!r}, {app!r}, pulumi.ResourceOptions(depends_on=[first]))",
    )
    assert [each.options["id"] for each in alone.resources if each.read] == ["edge/edge"]
    assert [each.options["id"] for each in after.resources if each.read] == [UNKNOWN]
    (own,) = [each for each in after.resources if each.name == "shop-kubernetes"]
    assert any("::first" in each for each in own.dependencies), "what is before the component is before all in it"
