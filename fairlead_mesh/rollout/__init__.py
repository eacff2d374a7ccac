"""How do pods of a gateway or a sample come and go without a lost request? How many run, and where?"""
