"""Runners start an image and talk to it."""
