"""Commands, one file each: the only code that prints, exits, reads argv or the environment."""
