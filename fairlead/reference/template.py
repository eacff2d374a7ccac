"""Which of a new project's files are made from this repository's own? Its program, Pulumi.yaml and requirements."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROGRAM = Path(__file__).parents[2]
_FOLDER = "template"
_QUESTION = '"""The whole stack: what its stack file says, built by the components of fairlead, and its outputs."""\n'
_OF_THE_CHECKOUT = re.compile(r"^from components\b", re.MULTILINE)
_SECTION = """\
template:
  description: One stack file in, a working Istio service mesh out.
  quickstart: |-
    Write your cluster into Pulumi.dev.yaml. Then:
      fairlead lint --stack dev        # what would not work
      fairlead preview --stack dev     # what it registers
      fairlead up --stack dev          # or pulumi up
"""


def template_files(program: Path = PROGRAM) -> dict[str, str]:
    """Path -> text of the files that `pulumi new` and `fairlead new` copy, as far as they are made."""
    project = (program / "Pulumi.yaml").read_text(encoding="utf-8")
    version = tomllib.loads((program / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    source = (program / "__main__.py").read_text(encoding="utf-8").partition("\n")[2]
    return {
        f"{_FOLDER}/Pulumi.yaml": re.sub(r"^(?=# Pulumi asks every stack)", _SECTION, project, flags=re.MULTILINE),
        f"{_FOLDER}/__main__.py": _QUESTION + re.sub(_OF_THE_CHECKOUT, "from fairlead_components", source),
        f"{_FOLDER}/requirements.txt": f"fairlead=={version}\n",
    }


def main() -> None:
    """Write them into the checkout."""
    for path, text in template_files().items():
        (PROGRAM / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
