"""Practices that the lists of good images ask for; each is judged by what is seen, and says what that was."""

from paredown.measures.interface import Asked
from paredown.measures.practices import behaviour, configuration, contents, layering

# In the order of the report.
PRACTICES: tuple[Asked, ...] = (*configuration.PRACTICES, *behaviour.PRACTICES, *contents.PRACTICES, *layering.PRACTICES)
