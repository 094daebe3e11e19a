"""What is said of a document to the person who sent it, in that person's language."""

from babel import Locale
from babel.numbers import format_decimal
from babel.units import format_unit

from ocr_backend.models import Document, Language, Summary

SPOKEN = ("en", "de", "es")
CODES = {Language.ENGLISH: "en", Language.SPANISH: "es"}


def of_document(document: Document, preferred: list[str]) -> Summary:
    locale = Locale.negotiate(preferred, SPOKEN, sep="-") or Locale("en")
    sharpness = [page.sharpness for page in document.pages if page.sharpness is not None]
    return Summary(
        language=locale.languages[CODES[document.language]],
        size=format_unit(round(document.size / 1000, 1), "digital-kilobyte", "long", locale=locale),
        sharpness=format_decimal(max(sharpness), "#,##0.0", locale) if sharpness else None,
    )
