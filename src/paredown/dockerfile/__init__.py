"""The Dockerfile language: text into instructions and back without loss; it knows nothing of Plans."""
