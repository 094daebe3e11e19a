"""Programs that run as processes of their own, by the Python that runs paredown: the standard library only."""
