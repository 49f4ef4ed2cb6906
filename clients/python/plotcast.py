"""Plotcast from Python: live points of a channel, and points of your own into one.

One file, Python 3.9 or newer, nothing but the standard library. Where numpy is installed, columns are numpy arrays.

    import plotcast

    for x, values in plotcast.subscribe("http://localhost:8787/c/main"):
        print(x, values)                       # 1796066669.5 {'temp': 21.5, 'hum': 40.0}

    with plotcast.Publisher("http://localhost:8787/c/main", token) as publisher:
        publisher.add({"temp": 21.5})

What is missing is never passed over in silence: it is a Gap, or a warning of the logger "plotcast".
"""

from __future__ import annotations

import array
import atexit
import base64
import collections
import datetime
import email.utils
import errno
import http.client
import itertools
import json
import logging
import math
import numbers
import os
import random
import re
import socket
import ssl
import struct
import sys
import threading
import time
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

try:
    import numpy
except ImportError:
    numpy = None  # type: ignore[assignment]

__all__ = [
    "Columns", "Gap", "InDoubt", "Point", "Publisher", "Refused", "Row", "Subscription",
    "publish", "subscribe", "subscribe_columns", "subscribe_points",
]  # fmt: skip

log = logging.getLogger("plotcast")

Token = Union[str, Callable[[], str], None]

# ---------------------------------------------------------------------------------------------------------------------
# What comes


class Row(tuple):
    """What a publisher sent for one x: ``x, values = row``. ``values`` has no series without a value at this x."""

    #: What values are called, by series, where they have a name: ``{"state": "running"}``.
    texts: Dict[str, str]

    def __new__(cls, x: float, values: Dict[str, float], texts: Optional[Dict[str, str]] = None) -> Row:
        row = super().__new__(cls, (x, values))
        row.texts = texts or {}
        return row

    @property
    def x(self) -> float:
        return self[0]

    @property
    def values(self) -> Dict[str, float]:
        return self[1]


class Point(NamedTuple):
    """One value of one series; ``text`` is what it is called, where it has a name."""

    series: str
    x: float
    y: float
    text: Optional[str] = None


class Columns(NamedTuple):
    """Rows that came together, in columns; a missing value is NaN.

    Columns are numpy arrays where numpy is installed, else ``array.array("d")``.
    """

    x: Any
    values: Dict[str, Any]


class Gap(NamedTuple):
    """Points are missing here: how many (None: nobody can know), why, and of which series ("": of all)."""

    reason: str
    points: Optional[int]
    series: str = ""


class Refused(Exception):
    """The server said no. The text is a sentence that says what to do; ``status`` and ``code`` are for programs."""

    def __init__(self, sentence: str, status: int, code: Optional[str] = None):
        super().__init__(sentence)
        self.status = status
        self.code = code


class InDoubt(Exception):
    """The line was lost after points were sent: whether they were taken cannot be known."""


def subscribe(url: str, **options: Any) -> Subscription:
    """Live rows of a channel: ``for x, values in plotcast.subscribe(url)``.

    A row is what a publisher sent for one x, values by series. It begins with the newest stored points, then goes on
    for ever; it ends with ``break``. It comes back by itself after any loss of the line, where it was: no row comes
    twice, and none is missing without a Gap.

    series   names of series to pick, as a text or a list; ``*`` stands for any characters: ``"cell.*"``
    max_rate so many points a second of each series at most, 1 to 1000: the least and the greatest stay, and the last
    points   begin with at least the last so many stored points (100); 0: only what comes
    seconds  begin with the last so many seconds
    cursor   go on after this: the ``cursor`` of an earlier subscription
    token    for a private channel: a text, or a function that is called for each connection (else the URL's #token=)
    gaps     True: Gap objects come among the rows. Else they are warnings of the logger "plotcast"
    idle_seconds  a line on which nothing comes for so long (45) is left for another; a channel sends something every 15

    Raises Refused, with the server's sentence, where it must not watch, or the URL is no channel's.
    """
    return Subscription(url, _rows_of, **options)


def subscribe_points(url: str, **options: Any) -> Subscription:
    """The same, one Point(series, x, y, text) after the other."""
    return Subscription(url, _points_of, **options)


def subscribe_columns(url: str, **options: Any) -> Subscription:
    """The same as Columns(x, values), as many rows as came together: by far the fastest, where there are many."""
    return Subscription(url, _columns_of, **options)


class Subscription:
    """What subscribe() returns, to be iterated over once. A later one can go on at its ``cursor``."""

    def __init__(
        self,
        url: str,
        form: Callable[..., Iterator[Tuple[int, Any]]],
        *,
        series: Union[str, Sequence[str], None] = None,
        max_rate: Optional[float] = None,
        cursor: Optional[str] = None,
        token: Token = None,
        points: Optional[int] = None,
        seconds: Optional[float] = None,
        gaps: bool = False,
        idle_seconds: float = 45.0,
    ):
        self._target = _Target(url, token)
        self._form = form
        self._picks = _picker(series)
        if max_rate is not None and not 1 <= max_rate <= 1000:
            raise ValueError("max_rate is 1 to 1000 points a second.")
        # What the server is asked to pick; and what less, if it is older and does not know that.
        names = [("series", name) for name in _names_of(series)]
        self._asked: List[List[Tuple[str, Any]]] = [names] if names else []
        if max_rate is not None:
            self._asked.insert(0, names + [("max_rate", repr(max_rate))])
        self._gaps = gaps
        self._idle_seconds = idle_seconds
        self._at = None if cursor is None else _cursor_of(cursor)
        if cursor is not None and self._at is None:
            raise ValueError("%r is no cursor, such as 1796066669689:4711." % cursor)
        self._cursor = self._at
        self._start = {"points": points, "seconds": seconds}
        if points is None and seconds is None:
            self._start["points"] = 100
        self._retry_within = 0.5
        self._items = self._run()

    @property
    def cursor(self) -> Optional[str]:
        """Everything up to here was handed over; None: nothing yet."""
        return None if self._cursor is None else "%d:%d" % self._cursor

    def __iter__(self) -> Subscription:
        return self

    def __next__(self) -> Any:
        return next(self._items)

    def close(self) -> None:
        self._items.close()

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _run(self) -> Iterator[Any]:
        outage = _Outage(self._target.shown)
        was_there = False
        while True:
            not_before = 0.0
            try:
                with self._open() as response:
                    _must_be_events(response, self._target)
                    note = response.headers.get("Plotcast-Note")
                    if note and not was_there:
                        log.warning("%s: %s", self._target.shown, note)
                    for name, data, at in _events(response):
                        was_there = True
                        outage.end()
                        yield from self._take(name, data, at)
                why = "the line ended"
            except urllib.error.HTTPError as error:
                refused = _refusal(error, self._target)
                if refused.code == "query-invalid" and self._asked:
                    self._asked.pop(0)
                    continue
                is_foreign = refused.code is None and was_there
                if not _is_passing(refused.status) and not is_foreign:
                    raise refused from None
                why, not_before = str(refused), _retry_after(error)
            except _Foreign as error:
                if not was_there:
                    raise Refused(str(error), 200) from None
                why = str(error)
            except (OSError, http.client.HTTPException, _Broken) as error:
                why = _reason(error)
            outage.wait(why, self._retry_within, max(3.0, self._retry_within), not_before)

    def _open(self) -> Any:
        start = {} if self._at else {key: value for key, value in self._start.items() if value is not None}
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if self._at:
            headers["Last-Event-ID"] = "%d:%d" % self._at
        # Frames cost a server and a line a fraction of text, and say which values belong together.
        query = [("frames", "1"), *start.items(), *(self._asked[0] if self._asked else [])]
        return self._target.open(query, headers, None, self._idle_seconds)

    def _take(self, name: str, data: str, at: Optional[str]) -> Iterator[Any]:
        if name == "frames":
            try:
                body = base64.b64decode(data)
            except ValueError:
                raise _Broken("an event has no frames") from None
            yield from self._take_frames(body)
        elif name == "gap":
            gap = _object(data)
            points = gap.get("points")
            count = points if isinstance(points, int) else None
            yield from self._tell(Gap(str(gap.get("reason")), count, str(gap.get("series", ""))))
            self._move(_event_cursor(at))
        elif name == "live":
            live = _event_cursor(at)
            if self._at and self._at[0] == live[0] and live[1] > self._at[1] and not self._asked:
                yield from self._tell(Gap("hole", live[1] - self._at[1]))
            self._move(live)
        elif name == "retry":
            self._retry_within = min(60.0, int(data) / 1000)
        elif name == "expiring":
            log.info("The token for %s expires in %s s.", self._target.shown, _object(data).get("inMs", 0) / 1000)

    def _take_frames(self, body: bytes) -> Iterator[Any]:
        at = 0
        while at < len(body):
            try:
                frame = _Frame(body, at)
            except (struct.error, ValueError) as error:
                # Its points are missed: what comes next shows the hole.
                log.warning("A frame of %s cannot be read: %s.", self._target.shown, error)
                return
            at += frame.length
            yield from self._take_frame(frame)

    def _take_frame(self, frame: _Frame) -> Iterator[Any]:
        before, first = self._at, frame.seq - frame.points
        skip = 0
        if before is not None:
            # Epoch 0 is before the first publish: what is published then begins at 0.
            expected = before[1] if before[0] == frame.epoch else 0
            if before[0] not in (0, frame.epoch):
                yield from self._tell(Gap("epoch", None))
                expected = first
            elif frame.seq <= expected:
                return
            elif first > expected and not self._asked:
                yield from self._tell(Gap("hole", first - expected))
            # A frame of which a part was picked has the number of the whole.
            skip = 0 if self._asked else max(0, expected - first)
        for gap in frame.gaps:
            if gap.series == "" or self._picks(gap.series):
                yield from self._tell(gap)
        self._at = (frame.epoch, frame.seq)
        for number, item in self._form(frame, self._picks, skip):
            if not self._asked:
                self._cursor = (frame.epoch, first + number)
            yield item
        self._cursor = self._at

    def _move(self, at: Tuple[int, int]) -> None:
        self._at = self._cursor = at

    def _tell(self, gap: Gap) -> Iterator[Gap]:
        if self._gaps:
            yield gap
        else:
            count = "some points" if gap.points is None else "%d points" % gap.points
            of = " of " + gap.series if gap.series else ""
            log.warning("%s%s of %s are missing: %s.", count, of, self._target.shown, gap.reason)


_Lists = List[Tuple[str, List[float], Dict[float, str], bool]]


def _lists_of(table: Columns, frame: _Frame, picks: Callable[[str], bool]) -> _Lists:
    """Of each series its name, its values, what these are called, and whether it is picked."""
    return [(name, y.tolist(), frame.labels.get(name, {}), picks(name)) for name, y in table.values.items()]


def _rows_of(frame: _Frame, picks: Callable[[str], bool], skip: int) -> Iterator[Tuple[int, Row]]:
    number = 0
    for table in frame.tables:
        columns = _lists_of(table, frame, picks)
        for row, x in enumerate(table.x.tolist()):
            values: Dict[str, float] = {}
            texts: Dict[str, str] = {}
            for name, column, labels, is_picked in columns:
                y = column[row]
                if y != y:
                    continue
                number += 1
                if number > skip and is_picked:
                    values[name] = y
                    if y in labels:
                        texts[name] = labels[y]
            if values:
                yield number, Row(x, values, texts)


def _points_of(frame: _Frame, picks: Callable[[str], bool], skip: int) -> Iterator[Tuple[int, Point]]:
    number = 0
    for table in frame.tables:
        columns = _lists_of(table, frame, picks)
        for row, x in enumerate(table.x.tolist()):
            for name, column, labels, is_picked in columns:
                y = column[row]
                if y != y:
                    continue
                number += 1
                if number > skip and is_picked:
                    yield number, Point(name, x, y, labels.get(y))


def _columns_of(frame: _Frame, picks: Callable[[str], bool], skip: int) -> Iterator[Tuple[int, Columns]]:
    number = 0
    for table in frame.tables:
        begin, end = 0, len(table.x)
        if number < skip:
            lists = [column.tolist() for column in table.values.values()]
            while begin < end and number < skip:
                number += sum(column[begin] == column[begin] for column in lists)
                begin += 1
        number += sum(_count(column[begin:]) for column in table.values.values())
        values = {name: column[begin:] for name, column in table.values.items() if picks(name)}
        if begin < end and values:
            yield number, Columns(table.x[begin:], values)


def _count(column: Any) -> int:
    """How many are no NaN."""
    if numpy is not None:
        return int(numpy.count_nonzero(column == column))
    return sum(y == y for y in column)


# ---------------------------------------------------------------------------------------------------------------------
# Frames (SPEC.md, "The frame")

_TYPES = "dfbBhHiI"
_REGULAR = 8
_TABLE, _GAP, _LABELS = 1, 2, 3
_HEADER = struct.Struct("<4sBBH8sQQQIIdd")
_MAX_FRAME_BYTES = 131_072
_MAX_VALUES = 16_384
_MAX_SERIES = 256
_MAX_NAME_BYTES = 256


class _Frame:
    """A frame, read. Its server has checked it; what does not fit all the same is a struct.error or a ValueError."""

    def __init__(self, body: bytes, at: int = 0):
        magic, version, _, header_bytes, _, _, *numbers_of_it, _, _ = _HEADER.unpack_from(body, at)
        self.seq, self.epoch, self.points, length = numbers_of_it
        if magic != b"PLCT" or version != 1 or header_bytes != 64 or at + 64 + length > len(body):
            raise ValueError("it is none of this version, or is cut short")
        self.length = 64 + length
        self.tables: List[Columns] = []
        self.gaps: List[Gap] = []
        self.labels: Dict[str, Dict[float, str]] = {}
        block, end = at + 64, at + self.length
        while block < end:
            kind, _, block_bytes = struct.unpack_from("<HHI", body, block)
            if block_bytes < 16 or block + block_bytes > end:
                raise ValueError("a block is cut short")
            part = memoryview(body)[block : block + block_bytes]
            if kind == _TABLE:
                self.tables.append(_table(part))
            elif kind == _GAP:
                self.gaps.append(_gap(part))
            elif kind == _LABELS:
                self._read_labels(part)
            block += block_bytes

    def _read_labels(self, block: memoryview) -> None:
        name_bytes, _, _, count = struct.unpack_from("<HIHH", block, 2)
        values = struct.unpack_from("<%dd" % count, block, 16)
        lengths = struct.unpack_from("<%dH" % count, block, 16 + 8 * count)
        at = 16 + 10 * count
        texts = []
        for length in (name_bytes, *lengths):
            texts.append(_text(block, at, length))
            at += length
        self.labels[texts[0]] = dict(zip(values, texts[1:]))


def _text(block: memoryview, at: int, length: int) -> str:
    return bytes(block[at : at + length]).decode("utf-8")


def _table(block: memoryview) -> Columns:
    (count,) = struct.unpack_from("<H", block, 2)
    (rows,) = struct.unpack_from("<I", block, 8)
    if rows > _MAX_VALUES:
        raise ValueError("a table is too long")
    columns = []
    for index in range(1 + count):
        encoding, _, name_bytes, name_at, at, data_bytes = struct.unpack_from("<BBHIII", block, 16 + 16 * index)
        columns.append((_text(block, name_at, name_bytes), _column(block[at : at + data_bytes], encoding, rows)))
    return Columns(columns[0][1], dict(columns[1:]))


def _column(data: memoryview, encoding: int, rows: int) -> Any:
    """As float64, whatever it is written as."""
    if encoding == _REGULAR:
        start, step = struct.unpack("<dd", data)
        if numpy is not None:
            return start + numpy.arange(rows, dtype="f8") * step
        return array.array("d", [start + row * step for row in range(rows)])
    if numpy is not None:
        kind = numpy.dtype(_TYPES[encoding]).newbyteorder("<")
        return numpy.frombuffer(data, kind, rows).astype("f8")
    return array.array("d", struct.unpack("<%d%s" % (rows, _TYPES[encoding]), data))


def _gap(block: memoryview) -> Gap:
    (reason_bytes,) = struct.unpack_from("<H", block, 2)
    points, series_bytes = struct.unpack_from("<dH", block, 24)
    reason, series = _text(block, 40, reason_bytes), _text(block, 40 + reason_bytes, series_bytes)
    return Gap(reason, None if math.isnan(points) else int(points), series)


class _Values(NamedTuple):
    """One row to be sent: as many names as values."""

    x: float
    names: Tuple[str, ...]
    values: Tuple[float, ...]

    @property
    def points(self) -> int:
        return sum(y == y for y in self.values)


def _padded(length: int) -> int:
    return (length + 7) // 8 * 8


def _table_bytes(names: Tuple[str, ...], rows: int) -> int:
    return _padded(32 + 16 * len(names) + sum(len(name.encode()) for name in names)) + 8 * rows * (1 + len(names))


def _fitting(rows: Sequence[_Values], max_points: int) -> int:
    """How many of these rows, from the first, are one frame."""
    closed = 64 + 96  # the header, and a gap
    names: Tuple[str, ...] = ()
    values = points = length = 0
    for index, row in enumerate(rows):
        if row.names == names:
            length += 1
        else:
            closed += _table_bytes(names, length) if length else 0
            names, length = row.names, 1
        values += 1 + len(row.names)
        points += len(row.names)
        size = closed + _table_bytes(names, length)
        if index > 0 and (size > _MAX_FRAME_BYTES or values > _MAX_VALUES or points > max_points):
            return index
    return len(rows)


def _encode(publisher: bytes, number: int, rows: Sequence[_Values], lost: int) -> bytes:
    blocks = [_encode_gap(lost)] if lost else []
    begin = 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or rows[end].names != rows[begin].names:
            blocks.append(_encode_table(rows[begin:end]))
            begin = end
    body = b"".join(blocks)
    points = sum(row.points for row in rows)
    xs = [row.x for row in rows]
    return _HEADER.pack(b"PLCT", 1, 0, 64, publisher, number, 0, 0, points, len(body), min(xs), max(xs)) + body


def _encode_table(rows: Sequence[_Values]) -> bytes:
    names = [name.encode() for name in rows[0].names]
    name_at = 32 + 16 * len(names)
    data_bytes = 8 * len(rows)
    data_at = _padded(name_at + sum(map(len, names)))
    parts = [b""]
    for name in [b"", *names]:
        parts.append(struct.pack("<BBHIII", 0, 0, len(name), name_at, data_at, data_bytes))
        name_at += len(name)
        data_at += data_bytes
    parts += names
    parts.append(bytes(_padded(name_at) - name_at))
    columns = [[row.x for row in rows], *zip(*(row.values for row in rows))]
    parts += [struct.pack("<%dd" % len(rows), *column) for column in columns]
    parts[0] = struct.pack("<HHIII", _TABLE, len(names), 16 + sum(map(len, parts)), len(rows), 0)
    return b"".join(parts)


def _encode_gap(points: int) -> bytes:
    reason = b"publisher-full"
    head = struct.pack("<HHIdddH6x", _GAP, len(reason), _padded(40 + len(reason)), math.nan, math.nan, points, 0)
    return (head + reason).ljust(_padded(40 + len(reason)), b"\0")


# ---------------------------------------------------------------------------------------------------------------------
# Publishing


def publish(url: str, token: Token, data: Any, timeout: float = 30.0) -> Dict[str, Any]:
    """Publishes once, whatever a channel takes as JSON: ``publish(url, token, {"temp": 21.5})``.

    A dict is a row, its time in ``t`` or ``x``, else now; a list is several; ``{"t": [...], "temp": [...]}`` is
    columns.
    Returns the channel's answer, ``{"seq", "points", "viewers", ...}``. Its ``"leftOut"`` says what was not taken, by
    reason; that is a warning of the logger "plotcast", too.

    It tries again, for ``timeout`` seconds, where it is sure that nothing was taken: nobody answers at the address, or
    the server says to come later. Where the line is lost after the points were sent, it raises InDoubt and does not
    send them again. A Publisher may send again: its points are never taken twice.
    """
    target = _Target(url, token)
    body = json.dumps(data, default=_plain).encode()
    end = time.monotonic() + timeout
    for attempt in range(1_000_000):
        wait = _backoff(attempt, 0.5, 10.0)
        try:
            answer = _post(target, body, "application/json", max(1.0, end - time.monotonic()))
            left_out = answer.get("leftOut")
            if left_out:
                log.warning("%s left out of what was published: %s.", target.shown, _counts(left_out))
            return answer
        except urllib.error.HTTPError as error:
            refused = _refusal(error, target)
            # Whoever stands between may have passed the points on; a channel that failed may have taken them.
            if error.code >= 500 and refused.code in (None, "internal", "channel-unavailable"):
                raise InDoubt("Whether the points were taken cannot be known: %s" % refused) from None
            if refused.code is None or not _is_passing(refused.status):
                raise refused from None
            failure: Exception = refused
            wait += _retry_after(error)
        except (_Foreign, OSError, http.client.HTTPException) as error:
            if not _was_never_sent(error):
                sentence = "Whether %s took the points cannot be known: %s." % (target.shown, _reason(error))
                raise InDoubt(sentence) from error
            failure = ConnectionError("%s cannot be reached: %s." % (target.shown, _reason(error)))
        if time.monotonic() + wait > end:
            raise failure from None
        time.sleep(wait)
    raise AssertionError


class Publisher:
    """Publishes many points, batched, from a thread of its own; ``add`` never waits.

        with plotcast.Publisher(url, token) as publisher:
            publisher.add({"temp": 21.5, "hum": 40})

    What is promised: each point that was added is stored exactly once, however often the line is lost, as long as this
    program runs. It sends again until the channel has confirmed, with an id and a number by which the channel knows
    what it has. Points wait in memory, ``max_waiting`` at most: beyond, the oldest are dropped, counted in ``dropped``,
    and everyone who watches is told of the gap. What still waits when the program ends is lost: ``close`` says how
    many points.

    After a refusal that waiting does not mend, such as a wrong token, ``add``, ``flush`` and ``close`` raise it
    (Refused).

    batch_seconds  a point waits no longer for others (0.25)
    batch_points   so many are sent at once (5,000)
    """

    def __init__(
        self,
        url: str,
        token: Token = None,
        *,
        batch_seconds: float = 0.25,
        batch_points: int = 5_000,
        max_waiting: int = 200_000,
    ):
        self._target = _Target(url, token)
        self._batch_seconds = batch_seconds
        self._batch_points = batch_points
        self._max_waiting = max_waiting
        self._id = os.urandom(8)
        self._rows: collections.deque[_Values] = collections.deque()
        self._waiting = 0
        self._in_flight = 0
        self._lost = 0
        self._due = math.inf
        self._hurry = False
        self._closing = False
        self._failure: Optional[Refused] = None
        self._changed = threading.Condition()
        self._cancelled = threading.Event()
        #: Points dropped because too many waited.
        self.dropped = 0
        #: Values that are no points, by reason: text, not-finite, name-invalid, time-unreadable, …
        self.left_out: collections.Counter[str] = collections.Counter()
        #: The channel's last answer: {"seq", "points", "viewers", "duplicates"}.
        self.answer: Optional[Dict[str, Any]] = None
        self._thread = threading.Thread(target=self._run, name="plotcast publisher", daemon=True)
        self._thread.start()
        atexit.register(self._close_at_exit)

    def add(self, values: Mapping[str, Any], x: Union[float, datetime.datetime, None] = None) -> None:
        """Adds one row: numbers by series, and their time (default: now). None and NaN break the line of a series."""
        at = _time_of(x)
        numbers_of: Dict[str, float] = {}
        left_out: collections.Counter[str] = collections.Counter()
        for name, value in values.items():
            reason = "time-unreadable" if at is None else _fault_of_name(name)
            number = math.nan
            if reason is None:
                number, reason = _number_of(value)
            if reason is None:
                numbers_of[name] = number
            else:
                left_out[reason] += 1
        names = tuple(numbers_of)
        with self._changed:
            self._raise_failure()
            if self._closing:
                raise RuntimeError("This publisher is closed.")
            for reason, count in left_out.items():
                if reason not in self.left_out:
                    log.warning("Left out of what goes to %s: %s (counted in left_out).", self._target.shown, reason)
                self.left_out[reason] += count
            for begin in range(0, len(names), _MAX_SERIES):
                part = names[begin : begin + _MAX_SERIES]
                self._append(_Values(at or 0.0, part, tuple(numbers_of[name] for name in part)))
            self._changed.notify_all()

    def flush(self, timeout: float = 30.0) -> None:
        """Waits until everything is stored. Raises TimeoutError if it is not by then."""
        with self._changed:
            self._hurry = not self._is_empty
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._failure or self._is_empty, timeout)
            self._raise_failure()
            if not self._is_empty:
                raise TimeoutError("%d points still wait for %s." % (self._undelivered, self._target.shown))

    def close(self, timeout: float = 10.0) -> int:
        """Sends what waits, for ``timeout`` seconds at most, and ends. Returns how many points were not stored."""
        with self._changed:
            self._closing = self._hurry = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._failure or self._is_empty, timeout)
            undelivered = self._undelivered
            self._cancelled.set()
            self._changed.notify_all()
        atexit.unregister(self._close_at_exit)
        if undelivered:
            log.warning("%d points were not stored in %s.", undelivered, self._target.shown)
        self._raise_failure()
        return undelivered

    def __enter__(self) -> Publisher:
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        try:
            self.close()
        except Refused:
            # What ended the block is the first to be known.
            if kind is None:
                raise

    def _close_at_exit(self) -> None:
        try:
            self.close()
        except Refused as refused:
            log.error("%s", refused)

    @property
    def _is_empty(self) -> bool:
        return not self._rows and self._in_flight == 0

    @property
    def _undelivered(self) -> int:
        return self._waiting + self._in_flight

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _append(self, row: _Values) -> None:
        if not self._rows:
            self._due = time.monotonic() + self._batch_seconds
        self._rows.append(row)
        self._waiting += row.points
        # Rows without a point take room, too.
        while max(self._waiting, len(self._rows)) > self._max_waiting and len(self._rows) > 1:
            gone = self._rows.popleft().points
            if self._lost == 0:
                log.warning("Too many points wait for %s: the oldest are dropped (dropped).", self._target.shown)
            self._waiting -= gone
            self._lost += gone
            self.dropped += gone

    def _run(self) -> None:
        outage = _Outage(self._target.shown, self._cancelled)
        number = 0
        while not self._cancelled.is_set():
            rows, lost = self._next_batch()
            if not rows:
                continue
            number += 1
            frame = _encode(self._id, number, rows, lost)
            self._deliver(frame, sum(row.points for row in rows), outage)

    def _next_batch(self) -> Tuple[List[_Values], int]:
        """Waits for it. Nothing: it is over, or there was no point in it."""
        with self._changed:
            while not self._cancelled.is_set() and not self._is_due():
                self._changed.wait(None if not self._rows else max(0.0, self._due - time.monotonic()))
            if self._cancelled.is_set():
                return [], 0
            # No more rows than have a chance: a frame holds so many values.
            first = list(itertools.islice(self._rows, _MAX_VALUES // 2))
            rows = first[: _fitting(first, self._batch_points)]
            for _ in rows:
                self._rows.popleft()
            self._in_flight = sum(row.points for row in rows)
            self._waiting -= self._in_flight
            if self._in_flight == 0:
                # A frame has a point: a break of the line alone cannot be sent.
                self.left_out["no-number"] += len(rows)
                self._settle()
                return [], 0
            lost, self._lost = self._lost, 0
            return rows, lost

    def _is_due(self) -> bool:
        is_due = self._hurry or self._waiting >= self._batch_points or time.monotonic() >= self._due
        return is_due and bool(self._rows)

    def _settle(self) -> None:
        self._in_flight = 0
        self._due = time.monotonic() + self._batch_seconds
        if not self._rows:
            self._hurry = self._closing
        self._changed.notify_all()

    def _deliver(self, frame: bytes, points: int, outage: _Outage) -> None:
        """The same bytes, until they are confirmed: a repeat is not taken twice."""
        while not self._cancelled.is_set():
            not_before = 0.0
            try:
                answer = _post(self._target, frame, "application/vnd.plotcast.frame", 60.0)
                if answer["points"] != points:
                    raise _Foreign("the answer is for other points")
                outage.end()
                with self._changed:
                    self.answer = answer
                    self._settle()
                return
            except urllib.error.HTTPError as error:
                refused = _refusal(error, self._target)
                if refused.code is not None and not _is_passing(refused.status):
                    with self._changed:
                        self._failure = refused
                        self._changed.notify_all()
                    self._cancelled.set()
                    return
                why, not_before = str(refused), _retry_after(error)
            except (_Foreign, OSError, http.client.HTTPException) as error:
                why = _reason(error)
            outage.wait(why, 0.5, 30.0, not_before)


def _time_of(x: Any) -> Optional[float]:
    if x is None:
        return time.time()
    if isinstance(x, datetime.datetime):
        return x.timestamp()
    number, reason = _number_of(x)
    return number if reason is None and math.isfinite(number) else None


def _number_of(value: Any) -> Tuple[float, Optional[str]]:
    """A number, or why it is none. None and NaN are a missing value."""
    if value is None:
        return math.nan, None
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return math.nan, "boolean"
    if isinstance(value, str):
        return math.nan, "text"
    if not isinstance(value, numbers.Real):
        try:
            # An array of numpy with one value, a Decimal.
            value = float(value)
        except (TypeError, ValueError):
            return math.nan, "not-a-number"
    try:
        number = float(value)
    except OverflowError:
        return math.nan, "not-finite"
    return (math.nan, "not-finite") if math.isinf(number) else (number, None)


def _fault_of_name(name: Any) -> Optional[str]:
    if not isinstance(name, str) or name == "":
        return "name-invalid"
    # Cs (half of a pair) has no UTF-8 either.
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c not in "\u200c\u200d" for c in name):
        return "name-invalid"
    return "name-invalid" if len(name.encode()) > _MAX_NAME_BYTES else None


def _plain(value: Any) -> Any:
    """What json does not know: numpy's numbers and arrays, dates."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    raise TypeError("%s cannot be published" % type(value).__name__)


# ---------------------------------------------------------------------------------------------------------------------
# The line


class _Foreign(Exception):
    """Something else than Plotcast answered."""


class _Broken(Exception):
    """What came is no event of Plotcast's."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """urllib would take the token along to wherever it is led."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


_SUCH_AS = "A channel's URL is such as https://board.example/c/main."


class _Target:
    """Where a channel is, and who asks."""

    def __init__(self, url: str, token: Token):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("%r is no channel's URL. %s" % (url.partition("#")[0], _SUCH_AS))
        self.shown = urllib.parse.urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
        # A link that was shared has the token behind "#".
        linked = re.search("(?:^|&)token=([^&]+)", parts.fragment)
        self._token = token or (linked and urllib.parse.unquote(linked[1]))

    def open(self, query: Union[Mapping[str, Any], Sequence[Tuple[str, Any]]], headers: Dict[str, str], body: Optional[bytes], timeout: float) -> Any:
        token = self._token() if callable(self._token) else self._token
        if token:
            headers["Authorization"] = "Bearer " + token
        search = urllib.parse.urlencode(query)
        request = urllib.request.Request(self.shown + ("?" + search if search else ""), body, headers)
        return _OPENER.open(request, timeout=timeout)


class _Outage:
    """One time without a line: said once, with waits that grow."""

    def __init__(self, where: str, cancelled: Optional[threading.Event] = None):
        self._where = where
        self._cancelled = cancelled or threading.Event()
        self._attempt = 0

    def end(self) -> None:
        if self._attempt > 1:
            log.warning("%s is there again.", self._where)
        self._attempt = 0

    def wait(self, why: str, base: float, most: float, not_before: float) -> None:
        # Streams end now and then, as a rule of theirs: that alone is no news.
        if self._attempt == 1:
            log.warning("%s: %s. Trying again until it works.", self._where, why.rstrip("."))
        seconds = not_before + _backoff(self._attempt, base, most)
        self._attempt += 1
        self._cancelled.wait(seconds)


def _backoff(attempt: int, base: float, most: float) -> float:
    """Full jitter: all who were cut off at once do not come back at once."""
    return random.random() * min(most, base * 2 ** min(attempt, 16))


def _post(target: _Target, body: bytes, content_type: str, timeout: float) -> Dict[str, Any]:
    with target.open({}, {"Content-Type": content_type, "Accept": "application/json"}, body, timeout) as response:
        text = response.read(65_536)
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not all(isinstance(answer.get(key), int) for key in ("seq", "points")):
        raise _Foreign("what answered is no channel of Plotcast")
    return answer


def _is_passing(status: int) -> bool:
    return status in (408, 425, 429) or status >= 500


def _refusal(error: urllib.error.HTTPError, target: _Target) -> Refused:
    try:
        text = error.read(65_536)
    except (OSError, http.client.HTTPException):
        text = b""
    finally:
        error.close()
    if (error.headers.get_content_type() if error.headers else "") == "application/problem+json":
        try:
            problem = json.loads(text)
        except ValueError:
            problem = None
        if isinstance(problem, dict) and isinstance(problem.get("code"), str):
            return Refused(str(problem.get("detail", problem["code"])), error.code, problem["code"])
    location = error.headers.get("Location") if error.headers else None
    if location:
        return Refused("%s has moved to %s: use that URL." % (target.shown, location), error.code)
    return Refused(
        "%s answered %d, and not as Plotcast does. %s" % (target.shown, error.code, _SUCH_AS), error.code
    )


def _retry_after(error: urllib.error.HTTPError) -> float:
    """Seconds; a date is one of them, too (RFC 9110, 10.2.3)."""
    text = (error.headers.get("Retry-After") if error.headers else None) or "0"
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
        except (TypeError, ValueError):
            return 0.0
    return min(3600.0, max(0.0, seconds)) if math.isfinite(seconds) else 0.0


def _was_never_sent(error: BaseException) -> bool:
    reason = getattr(error, "reason", error)
    unreachable = getattr(reason, "errno", None) in (errno.EHOSTUNREACH, errno.ENETUNREACH)
    return unreachable or isinstance(reason, (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError))


def _reason(error: BaseException) -> str:
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, socket.timeout):
        return "nothing came for too long"
    return str(reason) or type(reason).__name__


def _must_be_events(response: Any, target: _Target) -> None:
    kind = response.headers.get_content_type()
    if kind != "text/event-stream":
        raise _Foreign("%s answered with %s, not with events. %s" % (target.shown, kind, _SUCH_AS))


_MAX_LINE_BYTES = 16 * 1024 * 1024


def _events(response: Any) -> Iterator[Tuple[str, str, Optional[str]]]:
    """Name, data and id of each event; "retry" is one, too.

    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    rest = b""
    name = ""
    data: List[str] = []
    at: Optional[str] = None
    while True:
        piece = response.read1(65_536)
        if not piece:
            return
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > _MAX_LINE_BYTES:
            raise _Broken("a line has no end")
        for line in lines:
            field, _, value = line.rstrip(b"\r").decode("utf-8", "replace").partition(":")
            value = value[1:] if value.startswith(" ") else value
            if field == "data":
                data.append(value)
            elif field == "event":
                name = value
            elif field == "id":
                at = value
            elif field == "retry" and re.fullmatch("[0-9]{1,9}", value):
                yield "retry", value, None
            elif line.strip() == b"":
                if data:
                    yield name, "\n".join(data), at
                name, data = "", []


def _cursor_of(text: str) -> Optional[Tuple[int, int]]:
    match = re.fullmatch(r"([0-9]{1,16}):([0-9]{1,16})", text)
    return match and (int(match[1]), int(match[2]))


def _event_cursor(text: Optional[str]) -> Tuple[int, int]:
    cursor = _cursor_of(text or "")
    if cursor is None:
        raise _Broken("an event has no cursor")
    return cursor


def _object(text: str) -> Dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise _Broken("an event has no JSON object")
    return value


def _names_of(series: Union[str, Sequence[str], None]) -> List[str]:
    return [series] if isinstance(series, str) else list(series or [])


def _picker(series: Union[str, Sequence[str], None]) -> Callable[[str], bool]:
    names = _names_of(series)
    if not names:
        return lambda _: True
    pattern = re.compile("|".join(".*".join(map(re.escape, name.split("*"))) for name in names), re.DOTALL)
    return lambda name: pattern.fullmatch(name) is not None


def _counts(counts: Any) -> str:
    if not isinstance(counts, dict):
        return str(counts)
    return ", ".join("%s %s" % (count, reason) for reason, count in counts.items())


def _main() -> None:
    """``python3 plotcast.py URL`` prints points as they come."""
    logging.basicConfig(format="%(message)s")
    try:
        for series, x, y, text in subscribe_points(sys.argv[1], token=os.environ.get("PLOTCAST_TOKEN")):
            print(repr(x), series, repr(y), *([text] if text else []), sep="\t", flush=True)
    except Refused as refused:
        sys.exit(str(refused))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    _main()
