"""With which name does a key of a stack file begin? With that of the project, as Pulumi.yaml has it."""

from __future__ import annotations

PROJECT = "fairlead"
