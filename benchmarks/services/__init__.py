"""Three ordinary services of the kinds that slimmers break: a Dockerfile as people write one, and a check of every route by one who only knows the URL."""
