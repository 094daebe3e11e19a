"""What `paredown slim` makes of images, measured: how small, how soon, whether what was inside still works, and what another slimmer makes of the same."""
