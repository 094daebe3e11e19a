"""Trims name files that a Tree can lose."""
