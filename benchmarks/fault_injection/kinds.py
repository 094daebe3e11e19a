"""All kinds of faults, in the order of the table."""

from benchmarks.fault_injection import configured, damaged, missing
from benchmarks.fault_injection.faults import KINDS, faults

__all__ = ["KINDS", "configured", "damaged", "faults", "missing"]
