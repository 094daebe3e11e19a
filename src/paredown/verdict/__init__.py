"""From what was seen of two images to a verdict: what differs, what is noise, what was meant, and what is to blame."""
