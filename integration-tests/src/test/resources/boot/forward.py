"""Carries connections on. Two of it join networks that have nothing in common but the file system.

usage: forward.py FROM TO: each HOST:PORT, or the path of a socket
"""

import asyncio
import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1


async def connect(place):
    if "/" in place:
        return await asyncio.open_unix_connection(place)
    host, port = place.rsplit(":", 1)
    return await asyncio.open_connection(host, int(port))


async def serve(place, carry):
    if "/" in place:
        return await asyncio.start_unix_server(carry, place)
    host, port = place.rsplit(":", 1)
    return await asyncio.start_server(carry, host, int(port))


async def pump(reader, writer):
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main(source, target):
    async def carry(reader, writer):
        try:
            there, back = await connect(target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, back), pump(there, writer))

    server = await serve(source, carry)
    await server.serve_forever()


# Whoever started it takes it along, however it ends.
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
asyncio.run(main(*sys.argv[1:]))
