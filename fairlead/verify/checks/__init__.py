"""Which checks are there? One file each, found by its name `<noun>_check.py`; see fairlead/verify/verify.py."""
