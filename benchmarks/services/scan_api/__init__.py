"""Pictures read and changed, in nine routes: Tesseract and Pillow."""
