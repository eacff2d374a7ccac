"""Which requests does a sentence speak of? One of them as a witness, asked on both sides."""
