"""The counters of the pages, for whoever has the key to them."""

import hmac

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from digest.settings import Settings
from subscribers.meters import CONTENT_TYPE, Meters


def metrics_router(meters: Meters, settings: Settings) -> APIRouter:
    """``/metrics``, as Prometheus reads it; for everybody without the key there is no such page."""
    router = APIRouter()
    key = settings.metrics_key.get_secret_value()

    @router.get("/metrics")
    def metrics(http: Request) -> Response:
        given = http.headers.get("authorization", "")
        if not key or not hmac.compare_digest(given.encode(), f"Bearer {key}".encode()):
            raise HTTPException(404)
        return Response(meters.told(), media_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})

    return router
