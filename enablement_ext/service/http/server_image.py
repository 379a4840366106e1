"""Which image somebody's server runs: what the hub recorded, never what a body says."""

from __future__ import annotations

from enablement_ext.core.errors import EnablementError, UnknownImage
from enablement_ext.core.review.models import ImageRef
from enablement_ext.service.context import ServiceContext
from enablement_ext.web.messages import Request


async def server_image(context: ServiceContext, request: Request, doing: str) -> ImageRef:
    """The image of the server that asks. Raises `UnknownImage` for a token of no server (`doing` says what needs one), `HubUnavailable`."""
    who = request.principal
    if who.server is None:
        raise UnknownImage(f"{doing} from a server that the hub started: the image is taken from there.")
    remembered = context.hub.remembered_image(who.name, who.server, request.token)
    return remembered or await context.hub.image_of(who.name, who.server, token=request.token)


async def server_image_or_error(context: ServiceContext, request: Request, doing: str) -> ImageRef | EnablementError:
    """As `server_image`; the error as a value, for who needs it only where nothing else is wrong."""
    try:
        return await server_image(context, request, doing)
    except EnablementError as error:
        return error
