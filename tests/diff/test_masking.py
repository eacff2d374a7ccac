"""What of an object may be shown? Never a secret, and yet whether it is another one."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.evaluation.masking import ANOTHER, masked, masked_pair, with_others
from fairlead.evaluation.snapshot import SECRET

pytestmark = pytest.mark.mesh


def secret(**parts: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "token"}, **parts}


def test_the_data_of_a_secret_is_masked_and_its_keys_are_not() -> None:
    shown = masked(secret(data={"key": "aHVudGVy"}, stringData={"other": "hunter"}))
    assert (shown["data"], shown["stringData"]) == ({"key": SECRET}, {"other": SECRET})


def test_other_objects_are_shown_as_they_are() -> None:
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"key": "value"}}
    assert masked(settings) == settings


@pytest.mark.parametrize("key", ["kubeconfig", "accessKey", "secretKey", "token"])
def test_the_credentials_of_a_provider_are_masked(key: str) -> None:
    assert masked({key: "hunter", "region": "eu-west-1"}) == {key: SECRET, "region": "eu-west-1"}


def test_what_kubectl_keeps_of_a_secret_is_left_out() -> None:
    kept = {"kubectl.kubernetes.io/last-applied-configuration": '{"data":{"key":"hunter"}}', "team": "web"}
    shown = masked(secret(metadata={"name": "token", "annotations": kept}))
    assert shown["metadata"] == {"name": "token", "annotations": {"team": "web"}}


def test_another_value_shows_as_another_secret_and_the_same_as_the_same() -> None:
    old, new = masked_pair(secret(data={"a": "1", "b": "2"}), secret(data={"a": "1", "b": "3", "c": "4"}))
    assert old["data"] == {"a": SECRET, "b": SECRET}
    assert new["data"] == {"a": SECRET, "b": ANOTHER, "c": SECRET}


@pytest.mark.parametrize("data", ["hunter", ["hunter"], None, 7])
def test_data_that_is_no_map_is_masked_too(data: Any) -> None:
    assert "hunter" not in str(masked(secret(data=data)))


def test_fingerprints_tell_one_secret_from_another_at_its_place() -> None:
    inputs = {"values": {"a.b": {"key": SECRET}, "list": [SECRET, SECRET]}}
    before = {"values.a.b.key": "1", "values.list.0": "1", "values.list.1": "1"}
    shown = with_others(inputs, before, {**before, "values.a.b.key": "2", "values.list.1": "2"})
    assert shown == {"values": {"a.b": {"key": ANOTHER}, "list": [SECRET, ANOTHER]}}
    assert with_others(inputs, before, before) == inputs
