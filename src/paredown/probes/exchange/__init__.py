"""The same conversation with every run of a service: one run asks, the others repeat."""

from paredown.probes.exchange.conversation import converse as converse
from paredown.probes.exchange.script import Script as Script
