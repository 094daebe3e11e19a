"""Programs that run inside an image, with its own Python: standard library only, in the syntax of Python 3.8; `probes` passes their text to `python -c`."""
