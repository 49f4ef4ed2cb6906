"""Reads a channel's events with the standard library alone, and prints each point's value: URL, how many."""

import json
import sys
import urllib.request

url, count = sys.argv[1], int(sys.argv[2])
request = urllib.request.Request(url, headers={"Accept": "text/event-stream"})
seen, event, data = 0, "", ""
with urllib.request.urlopen(request, timeout=60) as response:
    for line in response:
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            event = value
        elif field == "data":
            data = value
        elif field == "":
            if data and event == "":
                print(json.loads(data)["y"], flush=True)
                seen += 1
                if seen == count:
                    break
            event = data = ""
