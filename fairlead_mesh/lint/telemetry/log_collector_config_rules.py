"""Would Fluent Bit read what proxies log, be allowed to send it on, and keep its credentials to itself?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fairlead_mesh.addons.fluent_bit import FluentBit
from fairlead_mesh.addons.loki import Loki
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_PATH: Path = ("addons", FluentBit.key)
_PLAIN = re.compile(r"(?im)^\s*(http_passwd|http_user|bearer_token|aws_secret_access_key|password|token)\s+(?!\$\{)\S+")
_SECRET_NAME = re.compile(r"(?i)passw|secret|token|api_?key|credential")


def _collector(config: Config) -> FluentBit | None:
    found = config.addons.of(FluentBit)
    return found if found and found.installed else None


@config_rule(needs=("istio", "namespaces", "apps"), severity="info")
def collected_access_logs_are_written(config: Config) -> Iterator[Hit]:
    """Where Fluent Bit collects access logs, proxies write some.

    Istio's proxies log no request unless `accessLogs`, the mesh config or a Telemetry says so: all that is collected
    then are warnings of the proxies themselves.
    """
    if _collector(config) and not config.around_addons().log_formats:
        message = "no proxy writes an access log to its standard output, so there is none to collect"
        yield Hit(_PATH, None, message, "write istio.accessLogs: {format: json}, or have a Telemetry under objects")


@config_rule(needs=("istio", "namespaces", "apps"), severity="warning")
def access_logs_are_parsed_as_they_are_written(config: Config) -> Iterator[Hit]:
    """Access logs are parsed in the formats in which proxies write them.

    A line in another format stays one text, `log`: nobody can search for a status or a path in it.
    """
    collector, around = _collector(config), config.around_addons()
    if not collector:
        return
    parser = collector.parser
    if parser in ("json", "text") and around.log_formats - {parser}:
        [*others] = sorted(around.log_formats - {parser})
        message = f"access logs are written as {' and '.join(others)}, and those lines stay one text"
        yield Hit((*_PATH, "parser"), parser, message, "remove it: the formats of accessLogs are then parsed")
    custom = config.istio.mesh_config.get("accessLogFormat")
    if custom and "text" in collector.formats(around.log_formats):
        message = "is a format of its own, which Fluent Bit's parser of Istio's text does not know"
        remedy = "write istio.accessLogs: {format: json}, or a parser under values and parser: off"
        yield Hit(("istio", "meshConfig", "accessLogFormat"), custom, message, remedy)


@config_rule(needs=("addons",), severity="warning")
def installed_log_stores_get_logs(config: Config) -> Iterator[Hit]:
    """Loki that the stack installs gets logs from its Fluent Bit.

    It does not collect any itself: without somebody who sends them, its volume stays empty.
    """
    loki, collector = config.addons.of(Loki), _collector(config)
    if not loki or not loki.installed:
        return
    if collector is None:
        remedy = "add fluentBit: {} beside it, or silence this where a collector of your own sends them"
        yield Hit(("addons", Loki.key), None, "nothing of this stack sends logs to it", remedy)
    elif collector.store:
        message = "Fluent Bit sends logs elsewhere, by a section of its own"
        yield Hit(("addons", Loki.key), None, message, "remove that section of fluentBit, or loki")


@config_rule(needs=("cluster",))
def logs_to_aws_have_a_region_and_a_role(config: Config) -> Iterator[Hit]:
    """Fluent Bit knows the region of AWS that it sends logs to, and has a role that may.

    Without a region it does not start. Without a role its pods have the rights of their node, if any: each pod of the
    node can write logs then, or AWS rejects them and they are lost.
    """
    collector = _collector(config)
    identity = collector.identity if collector else None
    if not collector or not identity:
        return
    key = "cloudWatch" if identity is collector.cloud_watch else "openSearch"
    uses_aws = identity is collector.cloud_watch or identity.is_known
    if uses_aws and not (identity.region or config.around_addons().region):
        message = "has no region, and the cluster is in none that is known"
        yield Hit((*_PATH, key), None, message, "write region, such as eu-west-1")
    if key == "cloudWatch" and not identity.is_known:
        message = "its pods have no role: AWS allows them what it allows their node"
        remedy = "write role: arn:aws:iam::...:role/..., or podIdentity: true"
        yield Hit((*_PATH, key), None, message, remedy, severity="warning")


@config_rule()
def log_credentials_come_from_secrets(config: Config) -> Iterator[Hit]:
    """Credentials of a log store come from a Secret, and are sent over TLS.

    What `values` hold is plain text in the repository, in the state and in a ConfigMap that many may read.
    """
    collector = _collector(config)
    if not collector:
        return
    values: Path = (*_PATH, "values")
    for index, variable in enumerate(as_maps(collector.values.get("env"))):
        if _SECRET_NAME.search(str(variable.get("name"))) and variable.get("value"):
            message = f"{variable['name']} is in plain text"
            yield Hit((*values, "env", index, "name"), variable["name"], message, _REMEDY)
    for part, text in as_map(collector.values.get("config")).items():
        found = _PLAIN.search(text) if isinstance(text, str) else None
        if found:
            yield Hit((*values, "config", part), None, f"{found[1]} is in plain text", _REMEDY)
    yield from _in_clear(collector)


_REMEDY = "write secret, the name of a Secret with username and password, or env with valueFrom.secretKeyRef"


def _in_clear(collector: FluentBit) -> Iterator[Hit]:
    for key, store in (("openSearch", collector.open_search), ("loki", collector.loki)):
        if store and store.secret and store.url.startswith("http://"):
            message = "sends user and password as plain text"
            yield Hit((*_PATH, key, "url"), store.url, message, "write https://", severity="warning")


@config_rule(needs=("namespaces", "podSecurity"))
def collectors_may_read_their_node(config: Config) -> Iterator[Hit]:
    """Pods that mount folders of their node are in a namespace whose Pod Security level allows it.

    baseline and restricted forbid hostPath: where the level is enforced, no pod of the DaemonSet is created.
    """
    listed: dict[str, tuple[int, Any]] = {each.name: (index, each) for index, each in enumerate(config.namespaces)}
    for addon in config.addons.installed:
        index, namespace = listed.get(addon.namespace, (0, None))
        if not addon.on_nodes or not namespace or namespace.pod_security in (None, "privileged"):
            continue
        enforced = config.pod_security.mode == "enforce"
        message = f"pods of {addon.key} mount folders of their node, which {namespace.pod_security} forbids"
        path = ("namespaces", index, "podSecurity")
        severity = "error" if enforced else "warning"
        if config.pod_security.mode != "off":
            yield Hit(path, namespace.pod_security, message, "write privileged here", severity=severity)
