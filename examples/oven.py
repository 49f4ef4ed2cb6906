"""An oven that is watched and worked from any browser: setpoint, PID gains and an emergency stop.

    PUBLIC_RIGHTS='**=control+note' npm run dev -- --control tcp://127.0.0.1:5001
    python3 examples/oven.py                                    # in another terminal; needs pyzmq
"""
import json
import time

import zmq

context = zmq.Context()
pub = context.socket(zmq.PUB)
pub.connect("tcp://127.0.0.1:5000")
commands = context.socket(zmq.SUB)
commands.connect("tcp://127.0.0.1:5001")
commands.subscribe("")

values = {"setpoint": 180.0, "kp": 0.08, "ki": 0.01, "heater": True}
controls = {
    "setpoint": {"value": 180, "min": 20, "max": 250, "step": 1, "unit": "°C", "group": "Oven"},
    "heater": {"value": True, "group": "Oven"},
    "kp": {"value": 0.08, "min": 0, "max": 1, "step": 0.01, "group": "PID"},
    "ki": {"value": 0.01, "min": 0, "max": 0.2, "step": 0.005, "group": "PID"},
    "stop": {"label": "Emergency stop", "group": "Oven"},
}
temperature, integral = 20.0, 0.0
declared = 0.0
while True:
    if time.time() - declared > 10:
        pub.send_json({"plotcast": {"controls": {k: {**c, "value": values[k]} if k in values else c for k, c in controls.items()}}})
        declared = time.time()
    while commands.poll(0):
        command = json.loads(commands.recv_multipart()[1])
        if "call" in command:
            values["heater"] = False
            pub.send_json({"plotcast": {"ack": command["id"], "values": {"heater": False}}})
        elif command.get("set") in values:
            values[command["set"]] = command["value"]
            pub.send_json({"plotcast": {"ack": command["id"], "value": command["value"]}})
    error = values["setpoint"] - temperature
    integral = max(-50.0, min(50.0, integral + error * 0.1))
    power = max(0.0, min(1.0, values["kp"] * error + values["ki"] * integral)) if values["heater"] else 0.0
    temperature += 0.1 * (power * 12 - (temperature - 20) * 0.05)
    pub.send_json({"x": time.time(), "temperature": temperature, "setpoint": values["setpoint"], "power": power})
    time.sleep(0.1)
