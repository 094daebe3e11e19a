"""A program of its own, run by the image's interpreter behind the text of `telling`: what the platform has to offer to any code.

Standard input is JSON: `locales` are the names that the service's environment (`own`) and code (`named`) use.
"""

# ruff: noqa: PLC0415 - what one check imports may be missing, and the others go on
import codecs
import contextlib
import encodings.aliases
import hashlib
import locale
import os
import re
import sys
import tempfile
import time

from paredown.probes.programs.telling import Telling, group, run

ENDINGS = """
    3gp 7z aac ai aif apk atom avi avif azw bat bin bmp bz2 c cab cbz cer class conf cpp crt css csv dae deb dll dmg doc docm docx dot dotx dtd dwg eml eot
    eps epub exe flac flv geojson gif gltf glb gz h heic heif hlp htm html ico ics ini iso jar java jpe jpeg jpg js json jsonld kml kmz latex less log m2ts
    m3u m3u8 m4a m4v map markdown md mdb mhtml mid midi mjs mkv mov mp2 mp3 mp4 mpeg mpg mpd msi nc nt odg odp ods odt oga ogg ogv opus otf p12 p7s pages
    pcap pdf pem pfx php pl png pot potx ppt pptm pptx ps psd py pyc qt rar rdf rm rpm rss rst rtf scss sgml sh shtml sql sqlite srt sub svg svgz swf tar tex
    tgz tif tiff toml torrent tsv ttf ttl txt usdz vcf vsd vtt wasm wav weba webm webmanifest webp wma wmv woff woff2 wsdl xbm xhtml xls xlsb xlsm xlsx xml
    xpm xsd xsl xslt xul yaml yml zip zst
"""
# Seconds east of Greenwich on 2020-01-15 and 2020-07-15, which no release of the time zone data will change any more.
OFFSETS = {
    "UTC": (0, 0), "Europe/London": (0, 3600), "Europe/Berlin": (3600, 7200), "Europe/Moscow": (10800, 10800), "America/New_York": (-18000, -14400),
    "America/Chicago": (-21600, -18000), "America/Los_Angeles": (-28800, -25200), "America/Sao_Paulo": (-10800, -10800), "Asia/Kolkata": (19800, 19800),
    "Asia/Kathmandu": (20700, 20700), "Asia/Shanghai": (28800, 28800), "Asia/Tokyo": (32400, 32400), "Australia/Sydney": (39600, 36000),
    "Australia/Lord_Howe": (39600, 37800), "Africa/Johannesburg": (7200, 7200), "Africa/Casablanca": (3600, 3600), "Pacific/Auckland": (46800, 43200),
    "Pacific/Chatham": (49500, 45900), "US/Eastern": (-18000, -14400), "Asia/Calcutta": (19800, 19800),
}  # fmt: skip
CIPHERS = ("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384")
SERVICES = (("http", 80), ("https", 443), ("smtp", 25), ("domain", 53), ("ssh", 22), ("ldap", 389), ("postgresql", 5432))
SQL = {
    "FTS3": "CREATE VIRTUAL TABLE a USING fts3(b)", "FTS5": "CREATE VIRTUAL TABLE a USING fts5(b)", "RTREE": "CREATE VIRTUAL TABLE a USING rtree(i, b, c)",
    "JSON": "SELECT json_extract('[1]', '$[0]')", "math functions": "SELECT sqrt(4)", "window functions": "SELECT row_number() OVER ()",
    "upsert": "CREATE TABLE a(b PRIMARY KEY)", "common table expressions": "WITH a AS (SELECT 1) SELECT * FROM a",
}  # fmt: skip


@group
def transport_security(telling: Telling) -> None:
    """Roots, versions and ciphers of TLS."""
    import ssl

    paths = ssl.get_default_verify_paths()
    files = [paths.cafile] if paths.cafile else []
    if paths.capath:
        files += [os.path.join(paths.capath, name) for name in sorted(os.listdir(paths.capath)) if re.fullmatch(r"[0-9a-f]{8}\.\d+", name)]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for file in files:
        try:
            context.load_verify_locations(file)
        except (OSError, ssl.SSLError):
            telling.tell("certificates in " + os.path.basename(file), "cannot be read", True)
    roots = context.get_ca_certs()
    names = set()
    for root in roots:
        subject = dict(pair for part in root["subject"] for pair in part)  # type: ignore[misc]
        names.add(str(subject.get("commonName") or subject.get("organizationalUnitName") or subject.get("organizationName")))
    for name in sorted(names):
        telling.tell(f"TLS root: {name}", None, True)
    for least in (1, 50, 100):
        telling.works(f"TLS roots: at least {least}", len(names).__ge__, least, complaint=f"there are {len(names)}")
    telling.works("TLS default context", lambda: ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED)

    def client_hello() -> bool:
        outgoing = ssl.MemoryBIO()
        with contextlib.suppress(ssl.SSLWantReadError):
            ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost").do_handshake()
        return outgoing.pending > 100

    telling.works("TLS first message", client_hello)
    telling.same("OpenSSL generation", lambda: ssl.OPENSSL_VERSION_INFO[0])
    for feature in ("HAS_SNI", "HAS_ALPN", "HAS_ECDH", "HAS_TLSv1_2", "HAS_TLSv1_3"):
        telling.works(f"TLS: {feature}", getattr, ssl, feature, complaint="is not there")
    there = {cipher["name"] for cipher in ssl.create_default_context().get_ciphers()}
    for cipher in CIPHERS:
        telling.works(f"TLS cipher: {cipher}", there.__contains__, cipher, complaint="is not offered")


@group
def hashes(telling: Telling) -> None:
    """Each algorithm, by itself."""
    for name in sorted(hashlib.algorithms_available):
        telling.works(f"hash: {name}", hashlib.new, name, b"x")
    telling.works("hash: pbkdf2", lambda: len(hashlib.pbkdf2_hmac("sha256", b"a", b"b", 2)) == 32)
    telling.works("hash: scrypt", lambda: len(hashlib.scrypt(b"a", salt=b"b", n=2, r=8, p=1)) == 64)


@group
def time_zones(telling: Telling) -> None:
    """Each zone by name, what some of them say, and the local one."""
    import datetime
    import zoneinfo

    telling.same("local time", lambda: [time.localtime(moment).tm_gmtoff for moment in (1579046400, 1594771200)])
    for name in sorted(zoneinfo.available_timezones()):
        telling.works(f"time zone {name}", zoneinfo.ZoneInfo, name)

    def right(name: str, expected: "tuple[int, int]") -> bool:
        moments = [datetime.datetime(2020, month, 15, 12, tzinfo=zoneinfo.ZoneInfo(name)) for month in (1, 7)]
        return [moment.utcoffset() for moment in moments] == [datetime.timedelta(seconds=seconds) for seconds in expected]

    for name, expected in OFFSETS.items():
        telling.works(f"rules of {name}", right, name, expected, complaint="are wrong")


@group
def content_types(telling: Telling) -> None:
    """What files are taken for, by their names."""
    import mimetypes

    for ending in ENDINGS.split():
        telling.same(f"content type of .{ending}", mimetypes.guess_type, f"file.{ending}")


@group
def text(telling: Telling, asked: "dict[str, list[str]]") -> None:
    """Encodings and locales: `own` are those of the environment, `named` those that code names."""
    telling.same("preferred encoding", lambda: codecs.lookup(locale.getpreferredencoding(False)).name)
    telling.same("file system encoding", lambda: [sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()])
    for name in sorted({*encodings.aliases.aliases.values(), "idna", "punycode", "unicode_escape", "raw_unicode_escape"}):
        telling.works(f"encoding {name}", codecs.lookup, name)
    for name in asked["own"]:
        telling.works(f"locale {name}", locale.setlocale, locale.LC_ALL, name)
    for name in asked["named"]:  # tables of aliases name hundreds, which no image has
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_ALL, name)
            telling.tell(f"locale {name}", None, True)
    telling.works("locale of the environment", locale.setlocale, locale.LC_ALL, "")
    telling.same("words of the locale", lambda: [time.strftime("%A %d %B", time.gmtime(0)), locale.localeconv()["decimal_point"]])
    locale.setlocale(locale.LC_ALL, "C")


@group
def user(telling: Telling) -> None:
    """Who the service is, and where it may write."""
    import getpass
    import grp
    import pathlib
    import pwd

    telling.works("user's entry", pwd.getpwuid, os.getuid())
    telling.works("user's name", getpass.getuser)
    telling.works("group's entry", grp.getgrgid, os.getgid())
    telling.works("home folder", lambda: pathlib.Path.home().is_dir(), complaint="is not there")
    telling.works("home folder is writable", lambda: os.access(os.path.expanduser("~"), os.W_OK), complaint="it is not")
    telling.same("folder for temporary files", tempfile.gettempdir)
    telling.works("temporary file", lambda: tempfile.TemporaryFile().close())


@group
def names(telling: Telling) -> None:
    """Hosts, services and protocols by name."""
    import socket

    telling.works("host localhost", lambda: "127.0.0.1" in {answer[4][0] for answer in socket.getaddrinfo("localhost", 80, socket.AF_INET)})
    telling.works("host localhost, the old way", lambda: socket.gethostbyname("localhost") == "127.0.0.1")
    for name, port in SERVICES:
        telling.works(f"service {name}", lambda name, port: socket.getservbyname(name) == port, name, port)
    telling.works("protocol tcp", lambda: socket.getprotobyname("tcp") == 6)
    telling.works("protocol udp", lambda: socket.getprotobyname("udp") == 17)


@group
def databases(telling: Telling) -> None:
    """What the SQLite library can do."""
    import sqlite3

    options = [row[0] for row in sqlite3.connect(":memory:").execute("PRAGMA compile_options")]
    for option in sorted(option for option in options if option.startswith("ENABLE_")):
        telling.tell(f"SQLite option {option}", None, True)
    for feature, statement in SQL.items():
        telling.works(f"SQLite: {feature}", sqlite3.connect(":memory:").execute, statement)
    with tempfile.TemporaryDirectory() as folder:
        telling.works("SQLite: file", lambda: sqlite3.connect(os.path.join(folder, "file")).execute("CREATE TABLE a(b)") and None)


@group
def compression(telling: Telling) -> None:
    """There and back."""
    import importlib

    def there_and_back(name: str) -> bool:
        module = importlib.import_module(name)
        return bool(module.decompress(module.compress(b"text" * 100)) == b"text" * 100)

    for name in ("zlib", "gzip", "bz2", "lzma", "compression.zstd"):
        telling.works(f"compression: {name}", there_and_back, name)


if __name__ == "__main__":
    run([transport_security, hashes, time_zones, content_types, user, names, databases, compression], {"locales": text})
