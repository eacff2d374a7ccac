"""The policy pack: run by Pulumi's engine with `pulumi up --policy-pack policy`, whatever the program is written in."""

import sys
from pathlib import Path

from pulumi_policy import PolicyPack

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]

from pack import policies  # noqa: E402 - found once the folders are

PolicyPack("fairlead", policies=policies())
