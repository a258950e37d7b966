"""python3-websockets at the same work as Peer.java. Arguments: URL CONNECTIONS WINDOW MESSAGES."""
import asyncio
import json
import sys
import time

import websockets

URL = sys.argv[1]
CONNECTIONS, WINDOW, MESSAGES = map(int, sys.argv[2:])
SHARE = MESSAGES // CONNECTIONS


async def converse(connection, socket):
    sent = 0
    for answered in range(SHARE):
        while sent < SHARE and sent - answered < WINDOW:
            await socket.send(f"Request {connection}/{sent} 0123abcd")
            sent += 1
        reply = await socket.recv()
        expected = f"Request {connection}/{answered} 0123abcd"
        if not reply.startswith(expected):
            raise SystemExit(f"expected {expected}, got {reply}")


async def main():
    options = dict(compression=None, ping_interval=None, max_queue=max(32, 2 * WINDOW))
    sockets = [await websockets.connect(URL, **options) for _ in range(CONNECTIONS)]
    start = time.perf_counter()
    await asyncio.gather(*(converse(i, socket) for i, socket in enumerate(sockets)))
    seconds = time.perf_counter() - start
    print(json.dumps({"messages": SHARE * CONNECTIONS, "seconds": seconds}), flush=True)
    await asyncio.gather(*(socket.close() for socket in sockets))


asyncio.run(main())
