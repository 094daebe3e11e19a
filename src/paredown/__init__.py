"""paredown: small, quick, hardened container images of Python services, with proof."""

__version__ = "0.1.0"
