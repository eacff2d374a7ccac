"""How does Pulumi's engine run for a stack? Its CLI, the program in this process, and what errors and states say."""
