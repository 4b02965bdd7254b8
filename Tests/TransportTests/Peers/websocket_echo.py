"""A WebSocket server on the library `websockets`: websocket_echo.py PORT [CERTIFICATE KEY].

It sends messages back. Words it obeys: "close CODE REASON", "hang up" (no close frame), "ping",
"burst COUNT BYTES", "quiet" (reads nothing more). The path /compressed agrees to permessage-deflate,
/refused answers 403.
"""

import asyncio
import http
import ssl
import sys

from websockets.asyncio.server import serve
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory


async def talk(connection):
    async for message in connection:
        words = message.split(" ") if isinstance(message, str) else [""]
        if words[0] == "close":
            await connection.close(int(words[1]), " ".join(words[2:]))
        elif message == "hang up":
            connection.transport.abort()
        elif message == "ping":
            await (await connection.ping(b"are you there"))
            await connection.send("pong came")
        elif words[0] == "burst":
            for number in range(int(words[1])):
                await connection.send(f"{number} " + "x" * int(words[2]))
        elif message == "quiet":
            await asyncio.sleep(3600)
        else:
            await connection.send(message)


def answer(connection, request):
    if request.path == "/refused":
        return connection.respond(http.HTTPStatus.FORBIDDEN, "no\n")
    if request.path != "/compressed":
        connection.protocol.available_extensions = []


async def main():
    context = None
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
    async with serve(
        talk,
        "127.0.0.1",
        int(sys.argv[1]),
        ssl=context,
        process_request=answer,
        compression=None,
        extensions=[ServerPerMessageDeflateFactory()],
        max_size=None,
        ping_interval=None,
        close_timeout=2,
    ) as server:
        await server.serve_forever()


asyncio.run(main())
