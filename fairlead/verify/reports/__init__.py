"""How is a report on promises read? By a person, by other programs, on a commit, and by a CI's page of tests."""
