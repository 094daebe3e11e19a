"""What the service does, asked from outside: `python tests/behaviour.py http://127.0.0.1:9000 [DATABASE] [--stop COMMAND]`.

Standard library only, so that it runs anywhere (but for `psql`, which looks into DATABASE when that is given). Prints a
line for each behaviour and ends with 1 when one is wrong. API_KEY is the service's own, if it has one.
"""

import argparse
import base64
import gzip
import hashlib
import http.client
import json
import os
import random
import shlex
import socket
import string
import struct
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def type(self):
        return (self.headers.get("content-type") or "").split(";")[0]


class Service:
    def __init__(self, url):
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port or 80

    def ask(self, method, path, body=None, headers=None):
        headers = {"x-api-key": os.environ.get("API_KEY", ""), **(headers or {})}
        if body is not None and not isinstance(body, bytes):
            body, headers = json.dumps(body).encode(), {"content-type": "application/json", **headers}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def post(self, path, body):
        return self.ask("POST", path, body)


class Station:
    """A station of the test's own, with the readings `celsius`, one an hour from noon on; gone in the end."""

    def __init__(self, service, celsius=(), zone="UTC"):
        self.service, self.celsius, self.zone = service, celsius, zone
        self.code = "".join(random.choices(string.ascii_uppercase, k=4))
        self.path = f"/stations/{self.code}"

    def __enter__(self):
        made = self.service.post("/stations", {"code": self.code, "name": "Test", "zone": self.zone})
        equal(made.status, 201, "status of a new station")
        if self.celsius:
            equal(self.send(self.celsius).json, {"added": len(self.celsius)})
        return self

    def __exit__(self, *_):
        self.service.ask("DELETE", self.path)

    def send(self, celsius, start=NOON):
        times = (start + timedelta(hours=hour) for hour in range(len(celsius)))
        return self.service.post(f"{self.path}/readings", [{"at": at.isoformat(), "celsius": value} for at, value in zip(times, celsius)])

    def lines(self, query=""):
        answer = self.service.get(f"{self.path}/readings{query}")
        equal((answer.status, answer.type), (200, "application/x-ndjson"))
        return [json.loads(line) for line in answer.body.splitlines()]


def equal(found, wanted, what=""):
    if found != wanted:
        raise AssertionError(f"{what or 'value'}: wanted {wanted!r}, found {found!r}")


def behaviour_health_reports_its_parts(service):
    answer = service.get("/health")
    equal(answer.status, 200)
    told = answer.json
    equal((told["version"], told["python"].rsplit(".", 1)[0]), ("3.1.0", "3.11"))
    database, cache = told["parts"]["database"], told["parts"]["cache"]
    equal(database["driver"], "c", "psycopg's implementation")
    assert database["libpq"] >= 150000, database
    assert database["store"] == ("postgresql" if database["state"] in ("connected", "lost") else "memory"), database
    equal(told["status"], "ok" if (database["state"], cache["state"]) == ("connected", "up") else "degraded")
    if "EXPECT_CACHE" in os.environ:
        equal(cache, {"state": "up", "kind": os.environ["EXPECT_CACHE"]})


def behaviour_stations_are_seeded(service):
    wanted = {"code": "VIE", "name": "Wien Hohe Warte", "zone": "Europe/Vienna", "metres": 198}
    equal(service.get("/stations/VIE").json, wanted)
    codes = [station["code"] for station in service.get("/stations").json]
    assert {"VIE", "KTM", "CHI"} <= set(codes), codes
    equal(codes, sorted(codes), "the order")


def behaviour_stations_live_and_die(service):
    with Station(service, [1.0, 2.0]) as station:
        equal(service.get(station.path).json, {"code": station.code, "name": "Test", "zone": "UTC", "metres": 0})
        again = service.post("/stations", {"code": station.code, "name": "Test"})
        equal((again.status, again.json["detail"]), (409, f"there is a station {station.code!r}"))
        equal(service.ask("DELETE", station.path).status, 204)
        equal(service.get(station.path).status, 404)
        equal(service.get(f"{station.path}/readings").status, 404)


def behaviour_stations_are_validated(service):
    good = {"code": "ZZZZ", "name": "x"}
    for bad in ({"code": "zz"}, {"name": ""}, {"zone": "Mars/Olympus"}, {"metres": 9000}, {"colour": "red"}):
        answer = service.post("/stations", {**good, **bad})
        equal(answer.status, 422, f"status for {bad}")
        equal(answer.json["detail"][0]["loc"], ["body", *bad])
    equal(service.post("/stations", b"{").status, 422)


def behaviour_readings_are_kept(service):
    with Station(service, [1.5, 2.5, -0.25]) as station:
        wanted = [{"at": f"2025-03-01T{hour}:00:00Z", "celsius": value} for hour, value in ((12, 1.5), (13, 2.5), (14, -0.25))]
        equal(station.lines(), wanted)
        equal(station.lines("?since=2025-03-01T14:00:00%2B01:00"), wanted[1:])
        equal(station.lines("?until=2025-03-01T13:00:00Z"), wanted[:1])
        equal(station.send([7.0, 8.0, 9.0, 10.0]).json, {"added": 1}, "readings at times that have one")
        equal(len(station.lines()), 4)


def behaviour_readings_are_validated(service):
    with Station(service) as station:
        path, at = f"{station.path}/readings", NOON.isoformat()
        for bad in ([{"at": at}], [{"at": at, "celsius": 99}], [{"at": "2025-03-01T12:00:00", "celsius": 1}], [{"at": "soon", "celsius": 1}], {}):
            equal(service.post(path, bad).status, 422, f"status for {bad}")
        equal(service.get(f"{path}?since=2025-03-01T00:00:00").status, 422)
        equal(station.lines(), [])
        equal(service.post("/stations/NONE/readings", []).status, 404)


def behaviour_many_readings(service):
    with Station(service) as station:
        celsius = [round((hour % 240) / 8 - 10, 3) for hour in range(3000)]
        equal(station.send(celsius).json, {"added": 3000})
        equal([line["celsius"] for line in station.lines()], celsius)


def behaviour_days_are_those_of_the_place(service):
    cases = {
        "UTC": [("2025-03-01", 12, 0, 11), ("2025-03-02", 8, 12, 19)],
        "Asia/Kathmandu": [("2025-03-01", 7, 0, 6), ("2025-03-02", 13, 7, 19)],
        "America/Chicago": [("2025-03-01", 18, 0, 17), ("2025-03-02", 2, 18, 19)],
        "US/Hawaii": [("2025-03-01", 20, 0, 19)],  # a legacy name
    }
    for zone, wanted in cases.items():
        with Station(service, list(range(20)), zone) as station:
            days = service.get(f"{station.path}/days").json
            equal([(day["day"], day["count"], day["lowest"], day["highest"]) for day in days], wanted, zone)
            equal(days[0]["mean"], (wanted[0][2] + wanted[0][3]) / 2, "mean")


def behaviour_forecast_follows_the_trend(service):
    with Station(service, [10.0, 11.0, 12.0, 13.0]) as station:
        answer = service.get(f"{station.path}/forecast?hours=3")
        equal((answer.status, answer.type), (200, "application/json"))
        equal(answer.json, [{"at": f"2025-03-01T{hour}:00:00Z", "celsius": hour - 2.0} for hour in (16, 17, 18)])
        equal(len(service.get(f"{station.path}/forecast").json), 6)
    with Station(service, [10.0, 12.0, 11.0, 15.0, 14.0]) as station:
        equal([item["celsius"] for item in service.get(f"{station.path}/forecast?hours=2").json], [16.18, 17.49])


def behaviour_forecast_is_refused(service):
    with Station(service, [10.0]) as station:
        equal(service.get(f"{station.path}/forecast").status, 409)
        for hours in ("0", "49", "x"):
            equal(service.get(f"{station.path}/forecast?hours={hours}").status, 422)
    equal(service.get("/stations/NONE/forecast").status, 404)


def behaviour_forecast_is_cached(service):
    with Station(service, [10.0, 11.0]) as station:
        path = f"{station.path}/forecast"
        first, second = service.get(path), service.get(path)
        equal(first.headers["x-cache"], "miss")
        if service.get("/health").json["parts"]["cache"]["state"] == "up":
            equal(second.headers["x-cache"], "hit")
        equal((second.json, second.headers["etag"]), (first.json, first.headers["etag"]))
        station.send([20.0], NOON + timedelta(hours=2))
        third = service.get(path)
        equal(third.headers["x-cache"], "miss")
        assert third.json != first.json, "a new reading changes nothing"


def behaviour_forecast_has_a_tag(service):
    with Station(service, [10.0, 11.0]) as station:
        answer = service.get(f"{station.path}/forecast")
        equal(answer.headers["etag"], f'"{hashlib.blake2b(answer.body, digest_size=12).hexdigest()}"')
        again = service.get(f"{station.path}/forecast", **{"if-none-match": answer.headers["etag"]})
        equal((again.status, again.body), (304, b""))


def behaviour_long_answers_are_compressed(service):
    with Station(service, [float(hour % 20) for hour in range(100)]) as station:
        plain = service.get(f"{station.path}/forecast?hours=48")
        packed = service.get(f"{station.path}/forecast?hours=48", **{"accept-encoding": "gzip"})
        equal((plain.headers["content-encoding"], packed.headers["content-encoding"]), (None, "gzip"))
        equal(gzip.decompress(packed.body), plain.body)
        assert len(packed.body) < len(plain.body) / 2, len(packed.body)


def behaviour_requests_have_names(service):
    equal(service.get("/stations", **{"x-request-id": "abc-1"}).headers["x-request-id"], "abc-1")
    one, two = (service.get("/stations").headers["x-request-id"] for _ in range(2))
    assert one != two and len(one) == 36, (one, two)


def behaviour_openapi(service):
    paths = service.get("/openapi.json").json["paths"]
    wanted = {"/health", "/stations", "/stations/{code}", *(f"/stations/{{code}}/{name}" for name in ("readings", "days", "forecast"))}
    equal(set(paths), wanted)
    equal(service.get("/docs").status, 200)
    equal((service.get("/nowhere").status, service.ask("PUT", "/stations").status), (404, 405))


def behaviour_requests_share_a_connection(service):
    connection = http.client.HTTPConnection(service.host, service.port, timeout=20)
    try:
        for _ in range(20):
            connection.request("GET", "/stations/VIE")
            response = connection.getresponse()
            equal((response.status, json.load(response)["code"]), (200, "VIE"))
    finally:
        connection.close()


def behaviour_malformed_requests_are_refused(service):
    for bad in (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n"):
        with socket.create_connection((service.host, service.port), timeout=20) as connection:
            connection.sendall(bad)
            equal(connection.makefile("rb").readline().split()[1:2], [b"400"], f"status for {bad!r}")
    equal(service.get("/health").status, 200)


class Listener:
    """A WebSocket; `messages` are the texts that came."""

    def __init__(self, service, path):
        key = base64.b64encode(os.urandom(16)).decode()
        self.connection = socket.create_connection((service.host, service.port), timeout=20)
        lines = [
            f"GET {path} HTTP/1.1", f"Host: {service.host}:{service.port}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "",
        ]
        self.connection.sendall("\r\n".join(lines).encode())
        self.stream = self.connection.makefile("rb")
        self.status = int(self.stream.readline().split()[1])
        headers = {}
        while line := self.stream.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        if self.status == 101:
            digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
            equal(headers["sec-websocket-accept"], base64.b64encode(digest).decode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.connection.close()

    def frame(self):
        """The next frame that is no ping: opcode and payload."""
        while True:
            first, second = self.stream.read(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack(">H", self.stream.read(2))
            payload = self.stream.read(size)
            if first & 0x0F != 0x9:
                return first & 0x0F, payload

    def send(self, opcode, payload):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.connection.sendall(bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + masked)


def behaviour_feed_tells_new_readings(service):
    with Station(service) as station, Listener(service, f"{station.path}/feed") as one, Listener(service, f"{station.path}/feed") as two:
        equal((one.status, two.status), (101, 101))
        one.send(0x1, b"hello")
        for celsius in (3.5, 4.5):
            station.send([celsius], NOON + timedelta(hours=celsius))
            for listener in (one, two):
                opcode, payload = listener.frame()
                equal((opcode, json.loads(payload)["celsius"]), (0x1, celsius))
        one.send(0x8, struct.pack(">H", 1000))
        equal(one.frame(), (0x8, struct.pack(">H", 1000)), "closing frame")
        station.send([5.5], NOON + timedelta(days=1))
        equal(json.loads(two.frame()[1]), {"at": "2025-03-02T12:00:00Z", "celsius": 5.5})


def behaviour_feed_of_no_station_is_refused(service):
    with Listener(service, "/stations/NONE/feed") as listener:
        equal(listener.status, 403)


def readings_are_in_the_database(service, database):
    def asked(statement):
        command = ["psql", database, "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--command", statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    told = service.get("/health").json["parts"]["database"]
    equal((told["state"], told["store"]), ("connected", "postgresql"))
    equal(asked("SELECT name FROM migration ORDER BY name"), ["001_station.sql", "002_reading.sql"])
    with Station(service, [1.5, 2.5]) as station:
        equal(asked(f"SELECT celsius FROM reading WHERE code = '{station.code}' ORDER BY at"), ["1.5", "2.5"])
        asked(f"INSERT INTO reading VALUES ('{station.code}', '2025-03-01 16:00+01', 3.5)")
        equal(station.lines()[2:], [{"at": "2025-03-01T15:00:00Z", "celsius": 3.5}])
    equal(asked(f"SELECT count(*) FROM reading WHERE code = '{station.code}'"), ["0"])


def stops_and_tells_its_listeners(service, command):
    with Listener(service, "/stations/VIE/feed") as listener:
        equal(listener.status, 101)
        subprocess.run(shlex.split(command), check=True, stdout=subprocess.DEVNULL)
        opcode, payload = listener.frame()
        equal((opcode, payload[:2]), (0x8, struct.pack(">H", 1012)), "closing frame")
    last = time.monotonic() + 5
    while time.monotonic() < last:
        try:
            service.get("/health")
        except (OSError, http.client.HTTPException):
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


def main(url, database, stop):
    service = Service(url)
    wait_until_it_listens(service)
    checks = {name.removeprefix("behaviour_"): check for name, check in globals().items() if name.startswith("behaviour_")}
    if database:
        checks["readings_are_in_the_database"] = lambda service: readings_are_in_the_database(service, database)
    if stop:
        checks["stops_and_tells_its_listeners"] = lambda service: stops_and_tells_its_listeners(service, stop)
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
    parser.add_argument("database", metavar="DATABASE", nargs="?", help="look into this PostgreSQL database too")
    parser.add_argument("--stop", metavar="COMMAND", help="sends the service SIGTERM; then the last behaviour is how it ends")
    arguments = parser.parse_args()
    sys.exit(main(arguments.url, arguments.database, arguments.stop))
