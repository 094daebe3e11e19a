"""Packers make an image of a Tree: its layers and its configuration."""
