"""A second reader of frames, written from SPEC.md ("The frame") with the standard library of Python 3 alone.

It runs the vectors of test/vectors: what each frame means, with what code each broken one is refused, and bodies of several
frames. It says how many it ran and which differ, and ends with exit code 1 if any does. With --lines it answers each line of
its input, a body in hexadecimal: a JSON array of its frames' points, or the code with which it is refused.
"""

import json
import math
import pathlib
import struct
import sys
import unicodedata

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"

MAX_FRAME_BYTES = 131_072
MAX_VALUES = 16_384
MAX_SERIES = 256
MAX_NAME_BYTES = 256
MAX_LABELS = 256
MAX_LABEL_BYTES = 256
MAX_REASON_BYTES = 64
MAX_NUMBER = 2**53 - 1
MAX_FIRST_NUMBER = 2**52
MAX_JUMP = 2**49
MAX_BODY_POINTS = 131_072
ANONYMOUS = "0" * 16

FORMATS = ["d", "f", "b", "B", "h", "H", "i", "I"]
REGULAR = 8
STYLES = {1: "step", 2: "event"}
SMALLEST_BLOCK = {1: 16, 2: 40, 3: 16}


class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


def require(condition, code):
    if not condition:
        raise Refused(code)


def pad8(length):
    return (length + 7) // 8 * 8


def has_control(text):
    return any(
        unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c not in "\u200c\u200d" for c in text
    )


def utf8(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("frame-column") from None


def read_header(data, at=0):
    require(len(data) - at >= 64, "frame-truncated")
    magic, version, zero, header_bytes = struct.unpack_from("<4sBBH", data, at)
    require(magic == b"PLCT", "frame-magic")
    require(version == 1 and zero == 0, "frame-version")
    require(header_bytes == 64, "frame-length")
    publisher = data[at + 8 : at + 16].hex()
    number, seq, epoch, points, body_bytes, min_x, max_x = struct.unpack_from("<QQQIIdd", data, at + 16)
    require(body_bytes % 8 == 0 and 64 + body_bytes <= MAX_FRAME_BYTES, "frame-length")
    require(len(data) - at >= 64 + body_bytes, "frame-truncated")
    require(max(number, seq, epoch) <= MAX_NUMBER, "frame-count")
    return {
        "publisher": publisher,
        "publisherSeq": number,
        "seq": seq,
        "epoch": epoch,
        "points": points,
        "minX": min_x,
        "maxX": max_x,
        "bodyBytes": body_bytes,
    }


def split_frames(body):
    frames = []
    at = 0
    while at < len(body):
        end = at + 64 + read_header(body, at)["bodyBytes"]
        frames.append(body[at:end])
        at = end
    return frames


class Block:
    """One block, whose kind and length are checked (3.1)."""

    def __init__(self, data, at):
        self.kind, self.u16, self.length = struct.unpack_from("<HHI", data, at)
        require(self.kind in SMALLEST_BLOCK, "frame-column")
        fits = self.length % 8 == 0 and SMALLEST_BLOCK[self.kind] <= self.length <= len(data) - at
        require(fits, "frame-length")
        self.data = data[at : at + self.length]

    def unpack(self, form, at):
        return struct.unpack_from("<" + form, self.data, at)

    def part(self, at, length):
        require(at + length <= self.length, "frame-length")
        return self.data[at : at + length]

    def require_zeros(self, start, end):
        require(not any(self.data[start:end]), "frame-layout")


def is_series_name(text):
    return 1 <= len(text.encode("utf-8")) <= MAX_NAME_BYTES and not has_control(text)


class Column:
    """A descriptor (3.3) and the values that it leads to."""

    def __init__(self, block, index, rows):
        fields = block.unpack("BBHIII", 16 + 16 * index)
        self.encoding, zero, self.name_bytes, self.name_at, self.data_at, self.data_bytes = fields
        require(self.encoding <= REGULAR and zero == 0, "frame-column")
        width = 16 if self.encoding == REGULAR else struct.calcsize("<" + FORMATS[self.encoding]) * rows
        require(self.data_bytes == width, "frame-count")
        require(self.data_at + pad8(self.data_bytes) <= block.length, "frame-length")
        self.name = utf8(block.part(self.name_at, self.name_bytes))
        require(is_series_name(self.name) if index > 0 else self.name == "", "frame-column")
        require(self.data_at % 8 == 0, "frame-column")
        if self.encoding == REGULAR:
            self.start, self.step = block.unpack("dd", self.data_at)
            self.values = [self.start + float(row) * self.step for row in range(rows)]
        else:
            self.values = [float(value) for value in block.unpack(FORMATS[self.encoding] * rows, self.data_at)]

    def meaning(self):
        return {"encoding": self.encoding, "values": self.values}


class Table:
    """3.2, and 3.8 for a table."""

    def __init__(self, block, values_left):
        self.block = block
        count = block.u16
        self.rows, self.flags = block.unpack("II", 8)
        require(count >= 1 and self.rows >= 1, "frame-count")
        require(count <= MAX_SERIES, "frame-count")
        require(self.rows * (1 + count) <= values_left, "frame-count")
        require(32 + 16 * count <= block.length, "frame-length")
        require(self.flags in (0, 1), "frame-column")
        self.x, *self.series = [Column(block, index, self.rows) for index in range(1 + count)]
        require(len({column.name for column in self.series}) == count, "frame-column")

    def check_layout(self):
        columns = [self.x, *self.series]
        end = 16 + 16 * len(columns)
        for column in columns:
            require(column.name_at == end, "frame-layout")
            end += column.name_bytes
        self.block.require_zeros(end, pad8(end))
        end = pad8(end)
        for column in columns:
            require(column.data_at == end, "frame-layout")
            if column.encoding == REGULAR:
                require(math.isfinite(column.start) and math.isfinite(column.step), "frame-column")
            end += column.data_bytes
            self.block.require_zeros(end, pad8(end))
            end = pad8(end)
        require(end == self.block.length, "frame-layout")

    def meaning(self):
        series = [{"name": column.name, **column.meaning()} for column in self.series]
        return {"kind": "table", "arrival": self.flags == 1, "x": self.x.meaning(), "series": series}


class Gap:
    """3.4, 3.7, and 3.8 for a gap."""

    def __init__(self, block):
        self.block = block
        self.from_x, self.to_x, self.points = block.unpack("ddd", 8)
        (name_bytes,) = block.unpack("H", 32)
        whole = math.isfinite(self.points) and self.points == math.floor(self.points)
        require(math.isnan(self.points) or (whole and 0 <= self.points <= MAX_NUMBER), "frame-count")
        self.reason = utf8(block.part(40, block.u16))
        self.series = utf8(block.part(40 + block.u16, name_bytes))
        self.end = 40 + block.u16 + name_bytes

    def check(self):
        allowed = "abcdefghijklmnopqrstuvwxyz0123456789-"
        require(1 <= len(self.reason) <= MAX_REASON_BYTES, "frame-column")
        require(all(character in allowed for character in self.reason), "frame-column")
        require(self.series == "" or is_series_name(self.series), "frame-column")
        require(not math.isinf(self.from_x) and not math.isinf(self.to_x), "frame-column")

    def check_layout(self):
        self.block.require_zeros(34, 40)
        require(pad8(self.end) == self.block.length, "frame-layout")
        self.block.require_zeros(self.end, self.block.length)

    def meaning(self):
        return {
            "kind": "gap",
            "reason": self.reason,
            "points": self.points,
            "fromX": self.from_x,
            "toX": self.to_x,
            "series": self.series,
        }


class Labels:
    """3.5, and 3.8 for labels."""

    def __init__(self, block, labelled):
        self.block = block
        style, count, zero = block.unpack("HHI", 8)
        require(count <= MAX_LABELS, "frame-count")
        at = 16 + 10 * count
        require(at <= block.length, "frame-length")
        values = block.unpack("d" * count, 16)
        lengths = block.unpack("H" * count, 16 + 8 * count)
        texts = []
        for length in (block.u16, *lengths):
            texts.append(utf8(block.part(at, length)))
            at += length
        require(pad8(at) == block.length, "frame-length")
        self.series, *texts = texts
        require(is_series_name(self.series) and style in STYLES and zero == 0, "frame-column")
        # -0.0 == 0.0, so that they are one value.
        require(all(math.isfinite(value) for value in values) and len(set(values)) == count, "frame-column")
        require(max(lengths, default=0) <= MAX_LABEL_BYTES and not any(map(has_control, texts)), "frame-column")
        require(self.series not in labelled, "frame-column")
        self.style = STYLES[style]
        self.labels = list(zip(values, texts))
        self.end = at

    def check_layout(self):
        self.block.require_zeros(self.end, self.block.length)

    def meaning(self):
        return {"kind": "labels", "series": self.series, "style": self.style, "labels": self.labels}


def read_frame(data):
    """Pass 3 for one frame, whose header was checked. Returns its header, its blocks and its points."""
    header = read_header(data)
    blocks = []
    labelled = {}
    at = 64
    values_left = MAX_VALUES
    while at < len(data):
        block = Block(data, at)
        at += block.length
        if block.kind == 1:
            table = Table(block, values_left)
            values_left -= table.rows * (1 + len(table.series))
            blocks.append(table)
        elif block.kind == 2:
            blocks.append(Gap(block))
        else:
            labels = Labels(block, labelled)
            labelled[labels.series] = dict(labels.labels)
            blocks.append(labels)
    tables = [block for block in blocks if isinstance(block, Table)]
    for table in tables:
        require(all(math.isfinite(value) for value in table.x.values), "frame-column")
        require(not any(math.isinf(value) for column in table.series for value in column.values), "frame-column")
    points = []
    for table in tables:
        for row, x in enumerate(table.x.values):
            for column in table.series:
                y = column.values[row]
                if not math.isnan(y):
                    text = labelled.get(column.name, {}).get(y)
                    points.append([column.name, x, y] + ([] if text is None else [text]))
    require(points, "frame-count")
    require(len(points) == header["points"], "frame-count")
    xs = [x for table in tables for x in table.x.values]
    require(min(xs) == header["minX"] and max(xs) == header["maxX"], "frame-count")
    for block in blocks:
        if isinstance(block, Gap):
            block.check()
    for block in blocks:
        block.check_layout()
    return header, [block.meaning() for block in blocks], points


def read_body(body, last_number=None):
    """A body as a channel takes it, in which the publisher's last number is known, or None. Returns its frames' points."""
    frames = split_frames(body)
    headers = [read_header(frame) for frame in frames]
    require(len({header["publisher"] for header in headers}) == 1, "frame-publishers-differ")
    require(all(header["seq"] == 0 and header["epoch"] == 0 for header in headers), "frame-sequence")
    is_named = headers[0]["publisher"] != ANONYMOUS
    last = None
    for header in headers if is_named else []:
        number = header["publisherSeq"]
        require(number != 0, "frame-sequence")
        require(last is None or number > last, "frame-order")
        require(last is None or number - last <= MAX_JUMP, "frame-sequence")
        last = number
    require(sum(header["points"] for header in headers) <= MAX_BODY_POINTS, "body-too-large")
    points = [read_frame(frame)[2] for frame in frames]
    if is_named:
        first = headers[0]["publisherSeq"]
        allowed = MAX_FIRST_NUMBER if last_number is None else last_number + MAX_JUMP
        require(first <= allowed, "frame-sequence")
    return points


def same(ours, theirs):
    """Whether values are the same, bit for bit; null is NaN."""
    if isinstance(theirs, dict) and set(theirs) == {"start", "step", "rows"}:
        theirs = [theirs["start"] + float(i) * theirs["step"] for i in range(theirs["rows"])]
    if theirs is None:
        return isinstance(ours, float) and math.isnan(ours)
    if isinstance(theirs, bool) or isinstance(theirs, str):
        return ours == theirs
    if isinstance(theirs, (int, float)):
        if isinstance(ours, int):
            return ours == theirs
        return struct.pack("<d", ours) == struct.pack("<d", theirs)
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in theirs)


def bytes_of(hex_parts):
    return b"".join(
        bytes.fromhex(part) if isinstance(part, str) else bytes.fromhex(part[0]) * part[1] for part in hex_parts
    )


def load(name):
    return json.loads((VECTORS / name).read_text("utf-8"))


def code_of(read, *arguments):
    try:
        read(*arguments)
    except Refused as refused:
        return refused.code
    return None


def main():
    wrong = []
    ran = 0
    for vector in load("frames.json"):
        ran += 1
        try:
            header, blocks, points = read_frame(bytes_of(vector["hex"]))
        except Refused as refused:
            wrong.append(f"{vector['name']}: refused with {refused.code}")
            continue
        header.pop("bodyBytes")
        if not same(header, vector["header"]):
            wrong.append(f"{vector['name']}: header {header}, not {vector['header']}")
        if not same(blocks, vector["blocks"]):
            wrong.append(f"{vector['name']}: blocks {blocks}, not {vector['blocks']}")
        if "points" in vector and not same(points, vector["points"]):
            wrong.append(f"{vector['name']}: points {points}, not {vector['points']}")
    for vector in load("refused-frames.json"):
        ran += 1
        code = code_of(lambda data: [read_frame(frame) for frame in split_frames(data)], bytes_of(vector["hex"]))
        if code != vector["code"]:
            wrong.append(f"{vector['name']}: {code}, not {vector['code']}")
    for vector in load("bodies.json"):
        ran += 1
        body = bytes_of(vector["hex"])
        code = code_of(read_body, body, vector["lastNumber"])
        if code != vector.get("code") or (code is None and len(split_frames(body)) != vector["frames"]):
            wrong.append(f"{vector['name']}: {code}, not {vector.get('code')}")
    print("\n".join(wrong + [f"{ran} vectors, {len(wrong)} differ"]))
    raise SystemExit(1 if wrong else 0)


def answer_lines():
    for line in sys.stdin:
        try:
            print(json.dumps(read_body(bytes.fromhex(line.strip()))))
        except Refused as refused:
            print(json.dumps(refused.code))


if __name__ == "__main__":
    answer_lines() if "--lines" in sys.argv else main()
