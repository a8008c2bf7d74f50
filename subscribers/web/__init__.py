"""The subscribers' pages: ask, confirm, choose, leave; and the prompt for scripts.

A GET changes nothing, for mail scanners follow every link; a button's POST does (RFC 8058 §3.2). There are no
cookies: what lets a form act is the token in its own address, which no other site knows (so none can forge it).
"""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from subscribers.web.choosing import choosing_routes
from subscribers.web.desk import Desk
from subscribers.web.joining import joining_routes
from subscribers.web.leaving import leaving_routes
from subscribers.web.personal import personal_routes
from subscribers.web.scripting import scripting_app

__all__ = ["Desk", "scripting_app", "subscribers_router"]


def subscribers_router(desk: Desk) -> APIRouter:
    """The routes under ``/subscribe``, ``/confirm``, ``/preferences``, ``/me``, ``/address`` and ``/unsubscribe``."""
    router = APIRouter(default_response_class=HTMLResponse)
    for add_routes in (joining_routes, choosing_routes, personal_routes, leaving_routes):
        add_routes(router, desk)
    return router
