from dataclasses import replace
from threading import Thread

from paredown.probes.exchange.interface import HttpRequest, WebSocketTalk
from paredown.probes.exchange.script import Script


def _request(key: str) -> HttpRequest:
    return HttpRequest(key=key, method="GET", target="/")


def test_follower_sees_all_lines_while_they_are_written() -> None:
    script = Script()
    seen: list[str] = []
    follower = Thread(target=lambda: seen.extend(line.key for line in script.lines()))
    follower.start()
    for number in range(50):
        script.add(_request(str(number)))
    script.finish()
    follower.join(timeout=5)
    assert seen == [str(number) for number in range(50)]


def test_follower_ends_when_nothing_was_ever_written() -> None:
    script = Script()
    script.finish()
    assert list(script.lines()) == []


def test_last_run_makes_each_request_after_the_middle_one() -> None:
    script = Script()
    for number in range(20):
        script.add(_request(str(number)))
    script.finish()
    order: list[tuple[str, str]] = []
    last = Thread(target=lambda: order.extend(("last", line.key) for line in script.lines(last=True)))
    middle = script.lines()
    next(middle)
    last.start()
    order.extend(("middle", line.key) for line in middle)
    last.join(timeout=5)
    assert [key for who, key in order if who == "last"] == [str(number) for number in range(20)]
    assert all(order.index(("middle", str(number))) < order.index(("last", str(number))) for number in range(1, 20))


def test_last_run_goes_on_when_the_middle_one_leaves() -> None:
    script = Script()
    script.add(_request("one"))
    script.add(_request("two"))
    script.finish()
    middle = script.lines()
    next(middle)
    middle.close()  # type: ignore[attr-defined]
    assert [line.key for line in script.lines(last=True)] == ["one", "two"]


def test_known_routes_stay_in_their_order() -> None:
    script = Script()
    for route in ("GET /b", "GET /a", "GET /b"):
        script.know(route)
    assert script.known == ("GET /b", "GET /a")


def test_talk_is_learned_of_when_the_leading_run_is_done_with_it() -> None:
    script = Script()
    talk = WebSocketTalk(key="WS /", target="/", messages=())
    found: list[WebSocketTalk] = []
    follower = Thread(target=lambda: found.append(script.learned(talk)))
    follower.start()
    script.talked(replace(talk, expected=2))
    follower.join(timeout=5)
    assert [each.expected for each in found] == [2]


def test_talk_stays_as_it_is_when_the_leading_run_ends_before_it() -> None:
    script = Script()
    talk = WebSocketTalk(key="WS /", target="/", messages=())
    script.finish()
    assert script.learned(talk) == talk
