"""A canned upstream: a token, and one answer after a fixed delay; as fast as aiohttp can be."""

import asyncio
import sys

from aiohttp import web

TOKEN = b'{"access_token":"vT3wq9ZbL0sXnE5h","token_type":"Bearer","expires_in":3600}'
CREATED = b'{"response":{"messageList":[],"idDume":"k7p2x9qd","statut":"brouillon"}}'


async def serve(port: int, delay: float) -> None:
    """Answer on loopback until killed; `delay` in seconds."""

    async def token(_request: web.Request) -> web.Response:
        return web.Response(body=TOKEN, content_type="application/json")

    async def create(request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(delay)
        return web.Response(body=CREATED, content_type="application/json")

    app = web.Application()
    app.router.add_post("/api/oauth/token", token)
    app.router.add_post("/dume/dumeA", create)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
