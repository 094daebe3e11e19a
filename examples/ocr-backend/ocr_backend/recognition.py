"""Text of pictures: OpenCV makes them clean, Tesseract reads. Needs the extra `ocr` and the program `tesseract`."""

import cv2
import numpy as np
import pytesseract

LEAST_HEIGHT = 1000  # pixels; smaller pictures are enlarged, as small letters are read badly


def read(picture: bytes, language: str) -> tuple[str, float]:
    """The text, and how sharp the picture is (the variance of its Laplacian)."""
    grey = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise ValueError("the picture cannot be decoded")
    sharpness = float(cv2.Laplacian(grey, cv2.CV_64F).var())
    if grey.shape[0] < LEAST_HEIGHT:
        factor = LEAST_HEIGHT / grey.shape[0]
        grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    _, clean = cv2.threshold(cv2.medianBlur(grey, 3), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if np.mean(clean) < 127:  # white on black
        clean = cv2.bitwise_not(clean)
    text = pytesseract.image_to_string(clean, lang=language, config="--psm 6")
    return text.strip(), round(sharpness, 1)


def versions() -> dict[str, object]:
    return {
        "tesseract": str(pytesseract.get_tesseract_version()),
        "languages": sorted(pytesseract.get_languages()),
        "opencv": cv2.__version__,
        "numpy": np.__version__,
    }
