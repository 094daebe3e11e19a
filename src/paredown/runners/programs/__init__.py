"""Programs of their own: the far end of connections and the end of processes in an image, and the watchdog beside paredown."""
