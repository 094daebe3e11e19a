"""Images, layers and stores of images as the OCI specifications have them; knows nothing of Python."""
