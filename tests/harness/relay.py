"""Carries the bytes of a Unix socket to another one, as ssh does: python -m tests.harness.relay FROM TO [HIDDEN].

HIDDEN: the name of an X extension for which the server is asked by another name, as by a proxy that does not know it.
"""

import asyncio
import sys
from contextlib import suppress

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hidden: bytes = b"") -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data.replace(hidden, hidden[::-1]) if hidden else data)
            await writer.drain()
    writer.close()


async def serve(path: str, target: str, hidden: str = "") -> None:
    """Listen at an abstract address `path` for as long as the process lives; `target` is one too."""

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind: Ends = await asyncio.open_unix_connection(f"\0{target}")
        await asyncio.gather(carry(reader, behind[1], hidden.encode()), carry(behind[0], writer))

    server = await asyncio.start_unix_server(accepted, f"\0{path}")
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
