"""The Debian archive, its packages, versions and closures; knows nothing of Python."""
