"""What `paredown check` stands on: what there is to look at, from where it is built, which rules hold, and how a file is mended."""
