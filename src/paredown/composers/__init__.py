"""Composers put a Plan's parts into a Tree."""
