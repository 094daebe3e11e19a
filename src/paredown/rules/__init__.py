"""Rules find waste and risk in Dockerfiles, compose files and images; what can be mended comes with its edit."""
