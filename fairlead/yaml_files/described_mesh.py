"""Which mesh do the keys of a stack file describe? Apart from the file itself, which other revisions read without a
`fairlead_mesh` of today."""

from __future__ import annotations

from fairlead.yaml_files.stack_file import StackFile
from fairlead_mesh.config import Config
from fairlead_mesh.stack import well_formed, without_secrets


def described_mesh(stack_file: StackFile) -> Config:
    """What its keys describe, and nothing of its secrets. Raises ConfigError for what has not that shape."""
    keys = without_secrets(stack_file.own_keys(), stack_file.own_secret_keys())
    return well_formed(keys, region=stack_file.program_config().get("aws:region"))
