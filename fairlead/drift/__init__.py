"""How far is a cluster from what its stack says?"""
