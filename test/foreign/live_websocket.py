"""Reads a channel's points with the package websockets, and prints each point's value: URL, how many; or why it may not."""

import asyncio
import json
import sys

import websockets


async def main(url: str, count: int) -> None:
    try:
        async with websockets.connect(url) as socket:
            for _ in range(count):
                print(json.loads(await socket.recv())["y"], flush=True)
    except websockets.InvalidStatusCode as error:
        print("refused with", error.status_code, flush=True)


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
