"""Commands as people write them, and the servers among them: their words, their options, where they listen."""
