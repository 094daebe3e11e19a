"""What the service does, asked from outside: `python tests/behaviour.py http://127.0.0.1:8080 [--stop COMMAND]`.

Standard library only, so that it runs anywhere. Prints a line for each behaviour and ends with 1 when one is wrong.
"""

import argparse
import csv
import http.client
import io
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree
import zlib
from urllib.parse import urlencode, urlsplit


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def type(self):
        return (self.headers.get("content-type") or "").split(";")[0]


class Service:
    def __init__(self, url):
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port or 80

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def form(self, path, fields, **headers):
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields).encode(), {**kind, **headers})

    def take(self, recipient, grams, carrier="post"):
        """Take a parcel in; its number."""
        answer = self.form("/parcels", {"recipient": recipient, "grams": grams, "carrier": carrier})
        equal(answer.status, 303, "status of the form's answer")
        return answer.headers["location"].rpartition("/")[2]


def equal(found, wanted, what=""):
    if found != wanted:
        raise AssertionError(f"{what or 'value'}: wanted {wanted!r}, found {found!r}")


def contains(page, *texts):
    for text in texts:
        assert text in page, f"{text!r} is missing in {page[:2000]!r}"


def cookie_of(answer):
    return answer.headers["set-cookie"].split(";")[0]


def behaviour_health(service):
    answer = service.get("/health")
    equal((answer.status, answer.type), (200, "application/json"))
    equal((answer.json["status"], answer.json["version"]), ("ok", "2.3.0"))
    equal(answer.json["python"].rsplit(".", 1)[0], os.environ.get("EXPECT_PYTHON", "3.13"), "Python")


def behaviour_page_is_english_unless_asked(service):
    for headers in ({}, {"accept-language": "fr, en;q=0.5"}, {"accept-language": "ja"}):
        answer = service.get("/", **headers)
        equal((answer.status, answer.type), (200, "text/html"))
        contains(answer.text, '<html lang="en">', "Weight in grams", "Take in", "/static/desk.mjs", "Español")


def behaviour_page_is_translated(service):
    german = service.get("/", **{"accept-language": "de-AT, de;q=0.9, en;q=0.5"}).text
    contains(german, '<html lang="de">', "Paketschalter", "Empfänger", "Gewicht in Gramm", "Annehmen", "Kurier")
    spanish = service.get("/", **{"accept-language": "es"}).text
    contains(spanish, '<html lang="es">', "Mostrador de paquetes", "Destinatario", "Mensajería")


def behaviour_language_is_remembered(service):
    chosen = service.form("/language/es", {})
    equal((chosen.status, chosen.headers["location"]), (303, "/"))
    page = service.get("/", cookie=cookie_of(chosen), **{"accept-language": "de"}).text
    contains(page, '<html lang="es">')
    forged = cookie_of(chosen)[:-3] + "AAA"
    contains(service.get("/", cookie=forged, **{"accept-language": "de"}).text, '<html lang="de">')
    equal(service.form("/language/xx", {}).status, 404)


def behaviour_parcel_is_taken_in(service):
    taken = service.form("/parcels", {"recipient": " Käthe <Müller> ", "grams": 1250, "carrier": "post"})
    equal(taken.status, 303)
    page = service.get(taken.headers["location"], cookie=cookie_of(taken)).text
    contains(page, "Käthe &lt;Müller&gt;", "5.99 €", "was taken in")
    again = service.get(taken.headers["location"]).text
    assert "was taken in" not in again, "the message is shown without its session"
    contains(service.get("/").text, "Käthe &lt;Müller&gt;", "1.25 kg")


def behaviour_session_counts_parcels(service):
    first = service.form("/parcels", {"recipient": "A", "grams": 10, "carrier": "post"})
    cookie = cookie_of(first)
    contains(service.get("/", cookie=cookie, **{"accept-language": "de"}).text, "Du hast eines angenommen.")
    second = service.form("/parcels", {"recipient": "B", "grams": 10, "carrier": "post"}, cookie=cookie)
    contains(service.get("/", cookie=cookie_of(second), **{"accept-language": "de"}).text, "Du hast 2 angenommen.")


def behaviour_form_is_checked(service):
    count = service.get("/health").json["parcels"]
    for bad in ({}, {"recipient": "x", "grams": "many", "carrier": "post"}, {"recipient": "x", "grams": 5, "carrier": "pigeon"}):
        answer = service.form("/parcels", bad, **{"accept-language": "de"})
        equal(answer.status, 400, f"status for {bad}")
        contains(answer.text, "Empfänger, Gewicht und Paketdienst fehlen noch.")
    heavy = service.form("/parcels", {"recipient": "x", "grams": 40_000, "carrier": "post"})
    equal(heavy.status, 400)
    equal(service.get("/health").json["parcels"], count, "parcels")


def s10(serial):
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def behaviour_numbers_have_check_digits(service):
    for _ in range(3):
        number = service.take("Check", 100)
        found = re.fullmatch(r"PD(\d{8})(\d)AT", number)
        assert found, number
        equal(int(found[2]), s10(found[1]), "check digit")
        equal(service.get(f"/parcels/{number}").status, 200)
        wrong = f"PD{found[1]}{(int(found[2]) + 1) % 10}AT"
        equal(service.get(f"/parcels/{wrong}").status, 404, "status of a wrong number")


def behaviour_numbers_are_local(service):
    number = service.take("Local", 2_000_000, "courier")
    german = service.get(f"/parcels/{number}", **{"accept-language": "de"}).text
    contains(german, "2.509,50 €")
    assert re.search(r'id="arrived">2\d{3}-\d\d-\d\d<', german), german
    contains(service.get(f"/parcels/{number}", **{"accept-language": "en"}).text, "2,509.50 €")
    contains(service.get("/", **{"accept-language": "de"}).text, "2.000 kg")


def behaviour_label_is_drawn(service):
    number = service.take("Label", 100)
    answer = service.get(f"/parcels/{number}/label.svg")
    equal((answer.status, answer.type), (200, "image/svg+xml"))
    picture = xml.etree.ElementTree.fromstring(answer.body)
    title = picture.find("{http://www.w3.org/2000/svg}title")
    equal(title.text, number, "title")
    equal(picture.find(".//{http://www.w3.org/2000/svg}path") is not None, True, "a path")
    equal(service.get("/parcels/PD000000009AT/label.svg").status, 404)


def behaviour_list_is_downloaded(service):
    number = service.take('He said "ñ", twice', 2_000_000, "courier")
    answer = service.get("/parcels.csv")
    equal((answer.status, answer.type, answer.headers["transfer-encoding"]), (200, "text/csv", "chunked"))
    equal(answer.headers["content-disposition"], "attachment; filename=parcels.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    row = next(row for row in rows if row["number"] == number)
    equal((row["recipient"], row["grams"], row["euros"]), ('He said "ñ", twice', "2000000", "2,509.50"))
    equal(len(rows), service.get("/health").json["parcels"], "rows")


def behaviour_carriers_are_plugged_in(service):
    equal(service.get("/quotes/4500").json, {"courier": "15.13", "post": "7.49"})
    equal(service.get("/quotes/31501").json, {"courier": "48.88", "post": "too heavy for the post"})
    equal(service.get("/quotes/many").status, 404)


def behaviour_static_files_have_their_types(service):
    wanted = {
        "desk.css": "text/css", "desk.mjs": "text/javascript", "parcel.svg": "image/svg+xml", "terms.html": "text/html",
        "desk.webmanifest": "application/manifest+json", "delivery-days.csv": "text/csv",
    }
    for name, kind in wanted.items():
        answer = service.get(f"/static/{name}")
        equal((answer.status, answer.type), (200, kind), name)
        assert answer.body, f"{name} is empty"
    etag = service.get("/static/desk.css").headers["etag"]
    equal(service.get("/static/desk.css", **{"if-none-match": etag}).status, 304)
    equal(service.get("/static/../__init__.py").status, 404)


def behaviour_media_types_by_name(service):
    wanted = {
        "a.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "a.epub": "application/epub+zip",
        "a.odt": "application/vnd.oasis.opendocument.text",
        "a.7z": "application/x-7z-compressed",
        "a.webp": "image/webp",
        "a.pdf": "application/pdf",
        "a.nonesuch": None,
    }
    for name, kind in wanted.items():
        equal(service.get(f"/media-type?name={name}").json["media_type"], kind, name)


def attach(service, name, data):
    border = "----behaviour"
    disposition = f'form-data; name="file"; filename="{name}"'
    head = f"--{border}\r\nContent-Disposition: {disposition}\r\nContent-Type: application/octet-stream\r\n\r\n"
    body = head.encode() + data + f"\r\n--{border}--\r\n".encode()
    return service.ask("POST", "/attachments", body, {"content-type": f"multipart/form-data; boundary={border}"})


def behaviour_attachments_have_types(service):
    for name, kind in {"scan.png": "image/png", "letter.odt": "application/vnd.oasis.opendocument.text", "scan.nonesuch": None}.items():
        answer = attach(service, name, b"x")
        equal((answer.status, answer.json["size"], answer.json["media_type"]), (201, 1, kind))


def behaviour_attachments_have_checksums(service):
    for data, xxh64 in ((b"a", "d24ec4f1a98c6e5b"), (b"Nobody inspects the spammish repetition", "fbcea83c8a378bf1")):
        answer = attach(service, "note.txt", data).json
        equal((answer["crc32"], answer["xxh64"]), (f"{zlib.crc32(data):08x}", xxh64), "checksums")


def behaviour_attachments_are_kept(service):
    data = bytes(range(256)) * 8_000  # 2 MB: past 500 kB the parser writes a temporary file
    equal(attach(service, "../big file.gz", data).json["name"], "big_file.gz")
    for _ in range(4):
        answer = service.get("/attachments/big_file.gz")
        equal((answer.status, answer.body == data), (200, True), "the file")
    part = service.get("/attachments/big_file.gz", range="bytes=255-258")
    equal((part.status, part.body), (206, bytes((255, 0, 1, 2))))
    equal(service.ask("POST", "/attachments", b"").status, 400)
    equal(service.get("/attachments/none").status, 404)


def behaviour_hours_elsewhere(service):
    wanted = {
        "UTC": ("2025-07-01T07:00:00+00:00", "UTC"),
        "America/New_York": ("2025-07-01T03:00:00-04:00", "EDT"),
        "Asia/Kolkata": ("2025-07-01T12:30:00+05:30", "IST"),
        "Australia/Lord_Howe": ("2025-07-01T17:30:00+10:30", "+1030"),
        "US/Central": ("2025-07-01T02:00:00-05:00", "CDT"),  # a legacy name: in a package of its own since Debian 13
        "Asia/Calcutta": ("2025-07-01T12:30:00+05:30", "IST"),
    }
    for zone, (opens, name) in wanted.items():
        answer = service.get(f"/hours/{zone}?day=2025-07-01")
        equal(answer.status, 200, zone)
        equal((answer.json["opens"], answer.json["zone"]), (opens, name), zone)
    equal(service.get("/hours/UTC?day=2025-01-01").json["closes"], "2025-01-01T17:00:00+00:00")
    equal(service.get("/hours/Mars/Olympus?day=2025-07-01").status, 404)


def behaviour_old_files_are_decoded(service):
    wanted = {
        "cp1252": "„Straße“ für 5 €", "cp850": "Größe", "latin-1": "¿Qué?", "shift_jis": "荷物", "big5": "包裹", "euc_kr": "소포",
        "gb18030": "包裹😀", "koi8_r": "посылка", "utf-16": "paquet", "cp037": "IBM 1964", "utf-7": "Päckchen", "punycode": "päckchen",
    }
    for codec, text in wanted.items():
        answer = service.ask("POST", f"/decode/{codec}", text.encode(codec))
        equal((answer.status, answer.text), (200, text), codec)
    equal(service.ask("POST", "/decode/nonesuch", b"x").status, 400)
    equal(service.ask("POST", "/decode/utf-8", b"\xff").status, 400)


def behaviour_statistics_come_from_processes(service):
    service.take("Light", 100)
    service.take("Heavy", 31_000)
    grams = [int(row["grams"]) for row in csv.DictReader(io.StringIO(service.get("/parcels.csv").text))]
    answer = service.get("/statistics")
    equal(answer.status, 200)
    figures = {name: round(float(getattr(statistics, name)(grams)), 3) for name in ("mean", "median", "pstdev")}
    equal(answer.json, {"count": len(grams), **figures})


def behaviour_machine_is_complete(service):
    answer = service.get("/machine")
    equal(answer.status, 200)
    told = answer.json
    equal(told["user"], told["account"], "user")
    assert told["user"] and told["home"].startswith("/"), told
    equal((told["file_names"], told["openssl"]), ("utf-8", 3))
    assert "127.0.0.1" in told["localhost"], told
    assert told["certificate_authorities"] > 100, told


def behaviour_processes_share_their_data(service):
    number = service.take("Shared", 300)
    statuses = []
    asking = [threading.Thread(target=lambda: statuses.append(service.get(f"/parcels/{number}").status)) for _ in range(16)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    equal(statuses, [200] * 16)


def behaviour_slow_answers_do_not_block(service):
    slow = threading.Thread(target=service.get, args=("/slow/20",))
    start = time.monotonic()
    slow.start()
    equal(service.get("/health").status, 200)
    assert time.monotonic() - start < 1.5, "a slow answer holds up the next"
    slow.join()


def behaviour_what_is_not_there(service):
    for path in ("/nowhere", "/parcels/PD000000009AT", "/static/none.css"):
        answer = service.get(path, **{"accept-language": "es"})
        equal(answer.status, 404, path)
        contains(answer.text, "Aquí no hay nada.")
    equal(service.ask("DELETE", "/").status, 405)


def stops_when_the_answer_is_given(service, command):
    answers = []
    asking = threading.Thread(target=lambda: answers.append(service.get("/slow/30")))
    asking.start()
    time.sleep(1)
    subprocess.run(shlex.split(command), check=True, stdout=subprocess.DEVNULL)
    asking.join()
    equal([(answer.status, answer.json["waited"]) for answer in answers], [(200, 30)], "the answer under way")
    last = time.monotonic() + 5
    while time.monotonic() < last:
        try:
            service.get("/health")
        except OSError:
            return
        time.sleep(0.2)
    raise AssertionError("it still answers")


def wait_until_it_listens(service, seconds=20):
    last = time.monotonic() + seconds
    while True:
        try:
            return service.get("/health")
        except (OSError, http.client.HTTPException):
            if time.monotonic() > last:
                raise
            time.sleep(0.1)


def main(url, stop):
    service = Service(url)
    wait_until_it_listens(service)
    checks = {name.removeprefix("behaviour_"): check for name, check in globals().items() if name.startswith("behaviour_")}
    if stop:
        checks["stops_when_the_answer_is_given"] = lambda service: stops_when_the_answer_is_given(service, stop)
    wrong = 0
    for name, check in checks.items():
        title = name.replace("_", " ")
        try:
            check(service)
        except Exception as error:
            wrong += 1
            print(f"wrong  {title}: {type(error).__name__}: {error}")
        else:
            print(f"ok     {title}")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What the service does, asked from outside.")
    parser.add_argument("url", metavar="URL")
    parser.add_argument("--stop", metavar="COMMAND", help="sends the service SIGTERM; then the last behaviour is how it ends")
    arguments = parser.parse_args()
    sys.exit(main(arguments.url, arguments.stop))
