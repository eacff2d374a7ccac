"""What does a CI's page of tests read? One suite in JUnit's XML, with a test case for each thing that was judged."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fairlead.terminal.printable import printable


@dataclass(frozen=True)
class Case:
    """One case: `text` is what was seen, or why it was skipped, `detail` what a failure says below that."""

    group: str
    name: str
    ended: Literal["passed", "failed", "skipped"]
    text: str
    detail: str = ""


def junit_suite(name: str, cases: Sequence[Case]) -> str:
    """The suite; nothing in it can move a terminal's cursor."""
    number = {ended: sum(each.ended == ended for each in cases) for ended in ("failed", "skipped")}
    suite = ET.Element(
        "testsuite",
        name=printable(name),
        tests=str(len(cases)),
        failures=str(number["failed"]),
        skipped=str(number["skipped"]),
    )
    for each in cases:
        case = ET.SubElement(suite, "testcase", classname=printable(each.group), name=printable(each.name))
        text = printable(each.text)
        if each.ended == "failed":
            ET.SubElement(case, "failure", message=text).text = printable(each.detail)
        elif each.ended == "skipped":
            ET.SubElement(case, "skipped", message=text)
        else:
            ET.SubElement(case, "system-out").text = text
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode")
