"""What does a CI's page of tests show? A test case for each promise, by what it is about."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from fairlead.terminal.printable import printable
from fairlead.verify.promise import Standing, Verdict
from fairlead.verify.reports.text_report import evidence_numbers


def junit_report(stack: str, found: Sequence[Verdict]) -> str:
    """One test suite; what was not asked is skipped, with the reason."""
    broken = sum(each.standing is Standing.BROKEN for each in found)
    skipped = sum(each.standing is Standing.UNASKED for each in found)
    suite = ET.Element(
        "testsuite",
        name=f"fairlead verify {printable(stack)}",
        tests=str(len(found)),
        failures=str(broken),
        skipped=str(skipped),
    )
    for each in found:
        name, about = printable(each.promise.sentence), printable(each.promise.about)
        case = ET.SubElement(suite, "testcase", classname=f"{each.promise.check} {about}".strip(), name=name)
        seen = printable((each.evidence.seen if each.evidence else "") + evidence_numbers(each))
        if each.standing is Standing.BROKEN:
            ET.SubElement(case, "failure", message=seen).text = printable("\n".join(each.causes))
        elif each.standing is Standing.UNASKED:
            ET.SubElement(case, "skipped", message=printable(each.why))
        else:
            ET.SubElement(case, "system-out").text = seen
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode")
