"""What does a change do: the command that asks for both sides and has the answer written?"""
