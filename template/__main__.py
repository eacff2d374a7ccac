"""The whole stack: what its stack file says, built by the components of fairlead, and its outputs."""

import pulumi

from fairlead_components.stack import build_stack
from fairlead_components.stack_config import stack_config

for name, value in build_stack(stack_config()).items():
    pulumi.export(name, value)
