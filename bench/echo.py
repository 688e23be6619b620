"""The yardstick: the same server with the same settings, which decodes the same body and answers as many bytes.

python -m bench.echo BYTES     (settings from the environment, as for the service)
"""

import os
import sys

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from breather.serve import serve
from breather.settings import read_settings
from breather.web.exchange.bodies import WithdrawalBody


def echo_app(size: int) -> Starlette:
    decoder = msgspec.json.Decoder(WithdrawalBody)
    reply = b'{"padding":"' + b"x" * (size - 14) + b'"}'

    async def answer(request: Request) -> Response:
        decoder.decode(await request.body())
        return Response(reply, 201, media_type="application/json")

    return Starlette(routes=[Route("/v1/withdrawals", answer, methods=["POST"])])


if __name__ == "__main__":
    serve(echo_app(int(sys.argv[1])), read_settings(os.environ))
