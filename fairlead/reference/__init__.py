"""What is written about keys and rules? The pages and the schema in docs/, made from the code."""
