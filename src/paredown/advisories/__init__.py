"""Advisory data that others publish, held against the packages of an image; nothing is downloaded."""
