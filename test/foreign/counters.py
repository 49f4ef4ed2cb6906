"""Two series by topic, each counting: every point can be looked for. Arguments: address, how many, seconds between."""
import json
import sys
import time

import zmq

address, count, pause = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
socket = zmq.Context().socket(zmq.PUB)
socket.setsockopt(zmq.SNDHWM, 0)
socket.connect(address)
time.sleep(1)  # A PUB drops what it sends before the other side has subscribed.

for i in range(count):
    for topic in (b"a", b"b"):
        socket.send_multipart([topic, json.dumps({"time": time.time(), "y": i}).encode()])
    time.sleep(pause)
