"""Invoices as PDF, of HTML that is sent."""

import hashlib

from flask import Flask, Response, request
from weasyprint import HTML

app = Flask(__name__)


@app.get("/")
def index() -> str:
    return '<form method="post" action="/invoice"><input name="customer"><button>Make</button></form>'


@app.post("/invoice")
def invoice() -> Response:
    """The PDF for one customer."""
    style = "<html lang=de><meta name=dcterms.created content=2026-01-01><body style='font: 12pt DejaVu Serif'>"
    html = f"{style}<h1>Rechnung</h1><p>{request.form['customer']} – 12 €"
    return Response(HTML(string=html).write_pdf(pdf_identifier=b"invoice"), mimetype="application/pdf")


@app.get("/fonts")
def fonts() -> dict[str, str]:
    """What a page drawn in each font weighs and is."""
    names = ("DejaVu Sans", "DejaVu Serif", "monospace", "no such font")
    pages = {name: HTML(string=f"<p style='font-family: {name}'>Grüße").write_pdf(pdf_identifier=b"x") for name in names}
    return {name: f"{len(page)} {hashlib.sha256(page).hexdigest()}" for name, page in pages.items()}
