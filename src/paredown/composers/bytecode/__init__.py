"""Bytecode ahead of time: which modules the service imports is seen by starting it once, and those are compiled by the target's interpreter."""
