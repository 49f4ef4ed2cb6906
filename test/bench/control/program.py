"""A program with a knob, which prints when each command came: `VALUE NANOSECONDS`, by the machine's monotonic clock."""

import json
import sys
import time

import zmq

publish_at, control_at = sys.argv[1:3]
context = zmq.Context()
publisher = context.socket(zmq.PUB)
publisher.connect(publish_at)
commands = context.socket(zmq.SUB)
commands.connect(control_at)
commands.subscribe("set/")
is_heard = False
while True:
    while not commands.poll(200):
        if not is_heard:
            publisher.send_json({"plotcast": {"controls": {"knob": {"value": 0, "kind": "integer", "min": 0, "max": 100000}}}})
    _, text = commands.recv_multipart()
    came_ns = time.monotonic_ns()
    is_heard = True
    command = json.loads(text)
    publisher.send_json({"plotcast": {"ack": command["id"], "value": command["value"]}})
    print(command["value"], came_ns, flush=True)
