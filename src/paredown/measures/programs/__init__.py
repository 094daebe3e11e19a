"""Programs that run beside a service inside its image, with its own Python: standard library only, in the syntax of Python 3.8."""
