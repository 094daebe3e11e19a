"""Reports show a Result."""
