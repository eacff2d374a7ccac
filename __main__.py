"""The whole stack: its config, every component down the page of components/stack.py, its outputs."""

import pulumi

from components.stack import build_stack
from components.stack_config import stack_config

for name, value in build_stack(stack_config()).items():
    pulumi.export(name, value)
