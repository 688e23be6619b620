"""`/static`: the closed list of files that every page may use."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from breather.web.pages import STATIC_HEADERS, assets
from breather.web.problems import Problem


def static_route() -> Route:
    return Route("/static/{name}", _static, methods=["GET"])


async def _static(request: Request) -> Response:
    asset = assets().get(request.path_params["name"])
    if asset is None:
        raise Problem(404, "not-found", "No such file")
    return Response(asset.body, 200, dict(STATIC_HEADERS), asset.media_type)
