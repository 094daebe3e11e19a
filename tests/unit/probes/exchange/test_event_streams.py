from paredown.probes.exchange.event_streams import described_events

_TICK = b'event: tick\r\nid: %d\r\ndata: {"n": %d}\r\n\r\n'


def test_events_are_told_in_full_when_the_stream_came_to_its_end() -> None:
    assert described_events(b": hello\n\ndata: a\ndata: b\n\ndata: 1", cut=False) == [
        {"event": "", "id": "", "data": "a\nb"},
        {"event": "", "id": "", "data": 1},
    ]


def test_streams_are_alike_when_cut_after_more_or_fewer_events() -> None:
    short = b"".join(_TICK % (n, n) for n in range(3))
    long = b"".join(_TICK % (n, n) for n in range(9)) + b"data: brok"
    assert described_events(short, cut=True) == described_events(long, cut=True)
    assert described_events(short, cut=True)["mostly"] == {"event": "tick", "id": True, "data": {"n": "number"}}


def test_streams_differ_when_their_events_have_other_keys() -> None:
    assert described_events(_TICK % (1, 1), cut=True) != described_events(b'event: tick\nid: 1\ndata: {"m": 1}\n\n', cut=True)
