"""A publisher of one's own, as in the article that Plotcast grew from: python3 examples/sine.py"""
import json
import math
import sys
import time

import zmq

socket = zmq.Context().socket(zmq.PUB)
socket.connect(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:5000")

while True:
    x = time.time()
    socket.send_string(json.dumps({"x": x, "y": 2.5 * math.sin(x)}))
    time.sleep(0.1)
