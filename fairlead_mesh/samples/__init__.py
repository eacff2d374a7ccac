"""Which small applications can a mesh be tried with?"""
