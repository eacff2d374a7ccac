"""Does Fluent Bit collect what proxies log, send it where its section says, and keep to what it needs?"""

from __future__ import annotations

import re
from typing import Any

import pytest

from fairlead_mesh.addons.fluent_bit import FluentBit
from fairlead_mesh.addons.log_pipeline import parsers
from fairlead_mesh.addons.surroundings import Pods, Surroundings
from fairlead_mesh.config import Config
from fairlead_mesh.versions import FLUENT_BIT
from tests.fixtures.stacks.log_lines import AS_JSON, CONNECTION, OF_THE_AGENT, REQUEST

pytestmark = pytest.mark.mesh

ROLE = "arn:aws:iam::123456789012:role/logs"


def values(formats: tuple[str, ...] = ("json",), **keys: Any) -> dict[str, Any]:
    around = Surroundings(region="eu-west-1", log_formats=frozenset(formats))
    return FluentBit.model_validate(keys).chart_values(around)


def options(text: str) -> list[tuple[str, str]]:
    """Key and value of each line of a part."""
    found = (line.strip().partition(" ")[::2] for line in text.splitlines() if not line.startswith("["))
    return [(key, value) for key, value in found if key]


def sent(**keys: Any) -> dict[str, str]:
    return dict(options(values(**keys)["config"]["outputs"]))


def test_it_comes_by_its_maintained_chart_in_the_version_of_the_table() -> None:
    chart = FluentBit().chart
    assert chart
    assert (chart.chart, chart.version, chart.repository) == ("fluent-bit", FLUENT_BIT.version, FLUENT_BIT.repository)


def test_without_a_store_lines_go_to_its_standard_output() -> None:
    assert sent()["Name"] == "stdout"


def test_cloud_watch_has_the_region_of_the_cluster_and_a_role_by_annotation() -> None:
    keys = {"logGroup": "/mesh/access-logs", "role": ROLE, "retentionDays": 30}
    found = sent(cloudWatch=keys)
    assert found["Name"] == "cloudwatch_logs"
    assert (found["region"], found["log_group_name"]) == ("eu-west-1", "/mesh/access-logs")
    assert (found["auto_create_group"], found["log_retention_days"]) == ("On", "30")
    assert values(cloudWatch=keys)["serviceAccount"]["annotations"] == {"eks.amazonaws.com/role-arn": ROLE}
    assert sent(cloudWatch=keys | {"region": "us-east-1"})["region"] == "us-east-1"


def test_pod_identity_needs_no_annotation() -> None:
    assert "annotations" not in values(cloudWatch={"logGroup": "a", "podIdentity": True})["serviceAccount"]


def test_open_search_signs_requests_or_logs_in_by_a_secret() -> None:
    signed = sent(openSearch={"url": "https://logs.example.com/base", "role": ROLE})
    assert (signed["AWS_Auth"], signed["AWS_Region"], signed["Path"]) == ("On", "eu-west-1", "/base")
    store = {"url": "https://logs.example.com:9200", "secret": "login"}
    found = sent(openSearch=store)
    assert (found["Host"], found["Port"], found["tls"]) == ("logs.example.com", "9200", "On")
    assert (found["HTTP_User"], found["HTTP_Passwd"]) == ("${LOG_USERNAME}", "${LOG_PASSWORD}")
    assert "AWS_Auth" not in found
    references = [each["valueFrom"]["secretKeyRef"] for each in values(openSearch=store)["env"]]
    assert references == [{"name": "login", "key": "username"}, {"name": "login", "key": "password"}]


def test_loki_gets_the_labels_of_pods() -> None:
    found = sent(loki={"url": "http://loki.logs:3100", "tenant": "mesh"})
    assert (found["Host"], found["Port"], found["tls"]) == ("loki.logs", "3100", "Off")
    assert (found["uri"], found["tenant_id"]) == ("/loki/api/v1/push", "mesh")
    assert "namespace=$kubernetes['namespace_name']" in found["labels"]
    assert "HTTP_User" not in found


def test_access_logs_are_parsed_in_the_formats_that_are_written() -> None:
    for formats, merges, parses in ((("json",), "On", False), (("text",), "Off", True), (("json", "text"), "On", True)):
        config = values(formats)["config"]
        assert ("Merge_Log", merges) in options(config["filters"]), formats
        assert ("istio-access-log" in config["filters"]) is parses, formats
        assert ("istio-access-log" in config["customParsers"]) is parses, formats
    assert ("Merge_Log", "Off") in options(values(("json",), parser="off")["config"]["filters"])


def test_other_containers_are_read_on_request_and_never_its_own() -> None:
    assert "apps.*" not in values()["config"]["inputs"]
    read = dict(options(values(apps=True)["config"]["inputs"]))
    assert read["Exclude_Path"] == "*_istio-proxy-*.log,*_fluent-bit-*.log"


def test_pods_do_not_choose_how_their_lines_are_read() -> None:
    assert ("K8S-Logging.Parser", "Off") in options(values(apps=True)["config"]["filters"])


def expression() -> re.Pattern[str]:
    text = dict(options(parsers(["text"])))["Regex"]
    return re.compile(text.replace("(?<", "(?P<"))


def test_the_parser_of_text_knows_requests_and_connections() -> None:
    request, connection = (expression().match(line) for line in (REQUEST, CONNECTION))
    assert request
    assert connection
    assert (request["path"], request["response_code"], request["route_name"]) == ("/hello?x=1", "200", "default")
    assert request["user_agent"] == "curl/8.5.0 (x; y)"
    assert connection["upstream_transport_failure_reason"].startswith("TLS_error:|268435581:SSL routines")
    assert not expression().match(AS_JSON)
    assert not expression().match(OF_THE_AGENT)


def test_it_has_no_more_rights_than_it_needs() -> None:
    made = values()
    assert made["securityContext"]["readOnlyRootFilesystem"] is True
    assert made["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert made["testFramework"] == {"enabled": False}
    writable = [each["name"] for each in made["daemonSetVolumeMounts"] if not each.get("readOnly")]
    assert writable == ["state"]
    assert {each["name"] for each in made["daemonSetVolumes"]} >= set(writable)


def test_it_runs_on_every_node_but_those_of_fargate() -> None:
    made = values()
    assert made["tolerations"] == [{"operator": "Exists"}]
    [term] = made["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert term["matchExpressions"][0]["values"] == ["fargate"]


def test_gateways_do_not_reach_what_has_no_page() -> None:
    addon = FluentBit()
    around = Surroundings(addons=(addon,), gateways=(Pods("istio-ingress", {"istio": "ingress"}),))
    [policy] = addon.policies(around)
    assert policy["spec"]["ingress"] == []


def test_its_namespace_has_no_pod_security_level() -> None:
    keys = {"cluster": {"kubeconfig": {"context": "kind"}}, "addons": {"fluentBit": {}, "prometheus": {}}}
    config = Config.model_validate(keys)
    labels = {each.name: each.labels for each in config.all_namespaces}
    assert labels["fluent-bit"] == {}
    assert labels["istio-system"] != {}


def test_the_mesh_tells_it_which_formats_are_written() -> None:
    def formats(istio: dict[str, Any], **more: Any) -> frozenset[str]:
        keys = {"cluster": {"kubeconfig": {"context": "kind"}}, "istio": istio, **more}
        return Config.model_validate(keys).around_addons().log_formats

    assert formats({}) == frozenset()
    assert formats({"accessLogs": True}) == {"text"}
    assert formats({"accessLogs": True, "meshConfig": {"accessLogEncoding": "JSON"}}) == {"json"}
    assert formats({"accessLogs": {"provider": "otel"}}) == frozenset()
    hello = [{"name": "hello", "accessLogs": {"format": "json"}}]
    assert formats({"accessLogs": True}, namespaces=hello) == {"json", "text"}
