"""Publishers that share no code with Plotcast. Arguments: which one, address, and for CURVE the key files."""
import array
import json
import math
import sys
import time
import zlib

import msgpack
import zmq
import zmq.auth

COUNT = 1000
RATE = 8000


def curve_msgpack(socket, i):
    """One map a message, by the clock."""
    socket.send(msgpack.packb({"time": time.time(), "count": i, "half": i / 2, "name": "bench"}))


def f32(socket, i):
    """80 samples a message: a ramp that begins anew each second."""
    socket.send(array.array("f", [(80 * i + k) % RATE for k in range(80)]).tobytes())


def zlib_json(socket, i):
    """A topic, and compressed JSON."""
    socket.send_multipart([b"lab", zlib.compress(json.dumps({"time": time.time(), "count": i}).encode())])


which, address = sys.argv[1], sys.argv[2]
socket = zmq.Context().socket(zmq.XPUB)
socket.setsockopt(zmq.SNDHWM, 0)
if which == "curve_msgpack":
    # Made by `plotcast keys`.
    socket.curve_publickey, socket.curve_secretkey = zmq.auth.load_certificate(sys.argv[4])
    socket.curve_serverkey, _ = zmq.auth.load_certificate(sys.argv[3])
socket.connect(address)
socket.recv()  # The subscription: a PUB drops what it sends before.

send = globals()[which]
for i in range(COUNT):
    send(socket, i)
    time.sleep(0.01 if which == "f32" else 0.001)
time.sleep(1)
