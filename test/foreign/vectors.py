"""A second reader of frames, written from SPEC.md ("The frame") with the standard library of Python 3 alone.

It runs the vectors of test/vectors: what each frame means, with what code each broken one is refused, and bodies of several
frames. It says how many it ran; the first that differs ends it with exit code 1.
"""

import json
import math
import pathlib
import struct
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

    def require_end(self, end, code="frame-layout"):
        """Zeros to a multiple of 8 follow, and nothing else."""
        require(pad8(end) == self.length, code)
        require(not any(self.data[end:]), "frame-layout")


def series_name(data):
    text = utf8(data)
    require(1 <= len(data) <= MAX_NAME_BYTES and not has_control(text), "frame-column")
    return text


def read_table(block, values_left):
    count = block.u16
    rows, flags = block.unpack("II", 8)
    require(1 <= count <= MAX_SERIES and rows >= 1, "frame-count")
    require(rows * (1 + count) <= values_left, "frame-count")
    require(32 + 16 * count <= block.length, "frame-length")
    require(flags in (0, 1), "frame-column")
    columns = []
    for i in range(1 + count):
        encoding, zero, name_bytes, name_at, data_at, data_bytes = block.unpack("BBHIII", 16 + 16 * i)
        require(encoding <= REGULAR and zero == 0, "frame-column")
        width = 16 if encoding == REGULAR else struct.calcsize("<" + FORMATS[encoding]) * rows
        require(data_bytes == width, "frame-count")
        require(data_at + pad8(data_bytes) <= block.length, "frame-length")
        name = block.part(name_at, name_bytes)
        if i == 0:
            require(name == b"", "frame-column")
        else:
            name = series_name(name)
        require(data_at % 8 == 0, "frame-column")
        if encoding == REGULAR:
            start, step = block.unpack("dd", data_at)
            require(math.isfinite(start) and math.isfinite(step), "frame-column")
            values = [start + float(row) * step for row in range(rows)]
        else:
            values = [float(value) for value in block.unpack(FORMATS[encoding] * rows, data_at)]
        columns.append((name, encoding, values, name_at, name_bytes, data_at, data_bytes))
    x, *series = columns
    require(len({name for name, *_ in series}) == count, "frame-column")
    require(all(math.isfinite(value) for value in x[2]), "frame-column")
    require(not any(math.isinf(value) for _, _, values, *_ in series for value in values), "frame-column")
    return flags == 1, x, series


def require_table_layout(block, columns):
    """Names follow the descriptors, data follows the names, each where the one before ends."""
    name_end = 16 + 16 * len(columns)
    for _, _, _, name_at, name_bytes, _, _ in columns:
        require(name_at == name_end, "frame-layout")
        name_end += name_bytes
    data_end = pad8(name_end)
    require(not any(block.data[name_end:data_end]), "frame-layout")
    for _, _, _, _, _, data_at, data_bytes in columns:
        require(data_at == data_end, "frame-layout")
        data_end += pad8(data_bytes)
        require(not any(block.data[data_at + data_bytes : data_end]), "frame-layout")
    require(data_end == block.length, "frame-layout")


def read_gap(block):
    from_x, to_x, points = block.unpack("ddd", 8)
    (name_bytes,) = block.unpack("H", 32)
    known = not math.isnan(points)
    require(not known or (points == math.floor(points) if math.isfinite(points) else False), "frame-count")
    require(not known or 0 <= points <= MAX_NUMBER, "frame-count")
    reason = utf8(block.part(40, block.u16))
    allowed = "abcdefghijklmnopqrstuvwxyz0123456789-"
    require(1 <= len(reason) <= MAX_REASON_BYTES and all(c in allowed for c in reason), "frame-column")
    name = block.part(40 + block.u16, name_bytes)
    series = series_name(name) if name else ""
    require(not math.isinf(from_x) and not math.isinf(to_x), "frame-column")
    require(not any(block.data[34:40]), "frame-layout")
    block.require_end(40 + block.u16 + name_bytes)
    return {"kind": "gap", "reason": reason, "points": points, "fromX": from_x, "toX": to_x, "series": series}


def read_labels(block):
    style, count, zero = block.unpack("HHI", 8)
    require(count <= MAX_LABELS, "frame-count")
    at = 16 + 10 * count
    require(at <= block.length, "frame-length")
    values = block.unpack("d" * count, 16)
    lengths = block.unpack("H" * count, 16 + 8 * count)
    name = block.part(at, block.u16)
    at += block.u16
    texts = []
    for length in lengths:
        text = block.part(at, length)
        at += length
        require(length <= MAX_LABEL_BYTES and not has_control(utf8(text)), "frame-column")
        texts.append(utf8(text))
    # A block of labels says its own length wrongly where others have bytes behind their content.
    require(pad8(at) == block.length, "frame-length")
    require(style in STYLES and zero == 0, "frame-column")
    series = series_name(name)
    # -0.0 == 0.0, so that they are one value.
    require(all(math.isfinite(value) for value in values) and len(set(values)) == count, "frame-column")
    block.require_end(at)
    return {"kind": "labels", "series": series, "style": STYLES[style], "labels": list(zip(values, texts))}


def read_frame(data):
    header = read_header(data)
    blocks = []
    tables = []
    labelled = {}
    at = 64
    values_left = MAX_VALUES
    while at < len(data):
        block = Block(data, at)
        at += block.length
        if block.kind == 1:
            arrival, x, series = read_table(block, values_left)
            values_left -= len(x[2]) * (1 + len(series))
            tables.append((block, x, series))
            columns = [{"name": name, "encoding": encoding, "values": values} for name, encoding, values, *_ in series]
            blocks.append(
                {"kind": "table", "arrival": arrival, "x": {"encoding": x[1], "values": x[2]}, "series": columns}
            )
        elif block.kind == 2:
            blocks.append(read_gap(block))
        else:
            labels = read_labels(block)
            require(labels["series"] not in labelled, "frame-column")
            labelled[labels["series"]] = dict(labels["labels"])
            blocks.append(labels)
    points = []
    xs = []
    for _, x, series in tables:
        xs += x[2]
        for row, x_value in enumerate(x[2]):
            for name, _, values, *_ in series:
                if math.isnan(values[row]):
                    continue
                text = labelled.get(name, {}).get(values[row])
                points.append([name, x_value, values[row]] + ([] if text is None else [text]))
    require(len(points) >= 1 and len(points) == header["points"], "frame-count")
    require(min(xs) == header["minX"] and max(xs) == header["maxX"], "frame-count")
    for block, x, series in tables:
        require_table_layout(block, [x, *series])
    return header, blocks, points


def read_body(body, last_number):
    frames = split_frames(body)
    headers = [read_header(frame) for frame in frames]
    require(len({header["publisher"] for header in headers}) == 1, "frame-publishers-differ")
    require(all(header["seq"] == 0 and header["epoch"] == 0 for header in headers), "frame-sequence")
    if headers[0]["publisher"] != ANONYMOUS:
        last = last_number
        for position, header in enumerate(headers):
            number = header["publisherSeq"]
            require(number != 0, "frame-sequence")
            require(position == 0 or number > last, "frame-order")
            if last is None:
                require(number <= MAX_FIRST_NUMBER, "frame-sequence")
            else:
                require(number - last <= MAX_JUMP, "frame-sequence")
            last = number
    for frame in frames:
        read_frame(frame)
    return len(frames)


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


if __name__ == "__main__":
    main()
