"""Small tools of the desk: attachments, checksums, opening hours elsewhere, old files, statistics."""

import ctypes
import ctypes.util
import mimetypes
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Blueprint, Response, abort, current_app, jsonify, request, send_from_directory
from werkzeug.utils import secure_filename

from parcel_desk import store
from parcel_desk.carriers import all_carriers

blueprint = Blueprint("tools", __name__)


@cache
def _zlib() -> ctypes.CDLL:
    library = ctypes.CDLL("libz.so.1")
    library.crc32.argtypes = (ctypes.c_ulong, ctypes.c_char_p, ctypes.c_uint)
    library.crc32.restype = ctypes.c_ulong
    return library


@cache
def _xxhash() -> ctypes.CDLL:
    name = ctypes.util.find_library("xxhash")
    if name is None:
        raise OSError("libxxhash is not installed")
    library = ctypes.CDLL(name)
    library.XXH64.argtypes = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64)
    library.XXH64.restype = ctypes.c_uint64
    return library


@blueprint.post("/attachments")
def attach() -> tuple[Response, int]:
    """Keep a file; its type is what its name says."""
    sent = request.files.get("file") or abort(400)
    name = secure_filename(sent.filename or "") or abort(400)
    kept = current_app.config["DATA_DIR"] / "attachments" / name
    sent.save(kept)
    data = kept.read_bytes()
    return jsonify(
        name=name,
        size=len(data),
        media_type=mimetypes.guess_type(name)[0],
        crc32=f"{_zlib().crc32(0, data, len(data)):08x}",
        xxh64=f"{_xxhash().XXH64(data, len(data), 0):016x}",
    ), 201


@blueprint.get("/attachments/<name>")
def attachment(name: str) -> Response:
    return send_from_directory(current_app.config["DATA_DIR"] / "attachments", name)


@blueprint.get("/hours/<path:zone>")
def hours(zone: str) -> Response:
    """When the desk, open from 9 to 18 in Vienna on `day`, is open in `zone`."""
    try:
        day, elsewhere = request.args["day"], ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        abort(404)
    vienna = ZoneInfo("Europe/Vienna")
    opens, closes = (
        datetime.fromisoformat(f"{day}T{hour}:00").replace(tzinfo=vienna).astimezone(elsewhere)
        for hour in ("09", "18")
    )
    return jsonify(opens=opens.isoformat(), closes=closes.isoformat(), zone=opens.tzname())


@blueprint.post("/decode/<codec>")
def decode(codec: str) -> Response:
    """The text of a file from an old cash register."""
    try:
        return Response(request.get_data().decode(codec), mimetype="text/plain")
    except (LookupError, UnicodeError):
        abort(400)


@blueprint.get("/quotes/<int:grams>")
def quotes(grams: int) -> Response:
    prices = {}
    for name, carrier in all_carriers().items():
        try:
            prices[name] = f"{carrier.price(grams):,.2f}"
        except ValueError as error:
            prices[name] = str(error)
    return jsonify(prices)


@blueprint.get("/statistics")
def statistics() -> Response:
    """Of the weights, worked out in processes of their own, which share them as memory."""
    from parcel_desk import weighing  # seldom asked for

    return jsonify(weighing.of_parcels(parcel.grams for parcel in store.every()))
