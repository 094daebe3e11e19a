"""Bytecode ahead of time: which modules the service imports is seen by starting it once, and those are compiled by the target's interpreter."""

from paredown.composers.bytecode.compilation import Compiled, compile_sources, compose
from paredown.composers.bytecode.profiling import Profile, observe, profile

__all__ = ["Compiled", "Profile", "compile_sources", "compose", "observe", "profile"]
