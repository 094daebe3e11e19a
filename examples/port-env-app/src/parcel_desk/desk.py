"""The pages of the desk: take a parcel in, look at it, print its label, download the list."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    stream_with_context,
    url_for,
)
from werkzeug import Response as Redirect

from parcel_desk import store
from parcel_desk.carriers import all_carriers
from parcel_desk.languages import text as _

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
def page() -> str:
    return render_template(
        "desk.html",
        parcels=store.newest(20),
        count=store.count(),
        taken=session.get("taken", 0),
        carriers=all_carriers(),
    )


@blueprint.post("/parcels")
def take() -> Redirect | tuple[str, int]:
    recipient = request.form.get("recipient", "").strip()
    carrier = all_carriers().get(request.form.get("carrier", ""))
    grams = request.form.get("grams", type=int) or 0
    if not recipient or grams <= 0 or carrier is None:
        return _refused(_("Recipient, weight and carrier are needed."))
    try:
        price = carrier.price(grams)
    except ValueError:
        return _refused(_("The carrier does not take this parcel."))
    parcel = store.add(recipient, grams, request.form["carrier"], int(price * 100))
    session["taken"] = session.get("taken", 0) + 1
    flash(_("Parcel %(number)s was taken in.") % {"number": parcel.number})
    return redirect(url_for("desk.show", number=parcel.number), 303)


@blueprint.get("/parcels/<number>")
def show(number: str) -> str:
    return render_template("parcel.html", parcel=_wanted(number))


@blueprint.get("/parcels/<number>/label.svg")
def label(number: str) -> Response:
    import segno  # only few parcels need a label of ours

    image = io.BytesIO()
    segno.make(_wanted(number).number, error="h").save(image, kind="svg", scale=4, title=number)
    return Response(image.getvalue(), mimetype="image/svg+xml")


@blueprint.get("/parcels.csv")
def download() -> Response:
    headers = {"Content-Disposition": "attachment; filename=parcels.csv"}
    return Response(stream_with_context(_lines()), mimetype="text/csv", headers=headers)


def _lines() -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(["number", "recipient", "grams", "carrier", "euros", "arrived"])
    for parcel in store.every():
        euros = f"{Decimal(parcel.cents) / 100:,.2f}"
        row = [parcel.number, parcel.recipient, parcel.grams, parcel.carrier, euros]
        writer.writerow([*row, parcel.arrived.isoformat()])
        yield line.getvalue()
        line.seek(line.truncate(0))
    yield line.getvalue()


def _refused(message: str) -> tuple[str, int]:
    return render_template("error.html", message=message), 400


def _wanted(number: str) -> store.Parcel:
    return store.find(number) or abort(404)


@blueprint.app_errorhandler(404)
def missing(_error: Exception) -> tuple[str, int]:
    return render_template("error.html", message=_("There is nothing here.")), 404
