"""A greeting in four routes."""
