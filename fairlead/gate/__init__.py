"""Does a change stop here? Risk classes that a pipeline fails on, and who let one through for which reason."""
