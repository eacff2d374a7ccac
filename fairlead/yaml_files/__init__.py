"""How are YAML files read and written? With the place of every value, as fast as their size asks for."""
