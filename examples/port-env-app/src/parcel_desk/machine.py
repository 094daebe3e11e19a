"""What the service says of itself and of what it runs on."""

import getpass
import mimetypes
import os
import platform
import pwd
import socket
import ssl
import sys
import time

from flask import Blueprint, Response, current_app, jsonify, request

from parcel_desk import store

blueprint = Blueprint("machine", __name__)


@blueprint.get("/health")
def health() -> Response:
    return jsonify(
        status="ok", version=current_app.config["VERSION"], python=platform.python_version(),
        parcels=store.count(),
    )  # fmt: skip


@blueprint.get("/machine")
def machine() -> Response:
    account = pwd.getpwuid(os.getuid())
    return jsonify(
        user=getpass.getuser(),
        account=account.pw_name,
        home=os.path.expanduser("~"),
        file_names=sys.getfilesystemencoding(),
        localhost=sorted({address[4][0] for address in socket.getaddrinfo("localhost", 80)}),
        certificate_authorities=ssl.create_default_context().cert_store_stats()["x509_ca"],
        openssl=ssl.OPENSSL_VERSION_INFO[0],
    )


@blueprint.get("/media-type")
def media_type() -> Response:
    return jsonify(media_type=mimetypes.guess_type(request.args["name"])[0])


@blueprint.get("/slow/<int:tenths>")
def slow(tenths: int) -> Response:
    """An answer that takes its time, as a printer does."""
    time.sleep(min(tenths, 100) / 10)
    return jsonify(waited=tenths)
