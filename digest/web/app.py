"""Puts the web application together: subscribers' pages, past issues, health; every answer with strict headers."""

import logging
from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.exceptions import HTTPException

from digest.newsletters import Config, Newsletter
from digest.rhythm import rhythm_of
from digest.settings import Settings
from digest.store.received import forget_replies, received_by
from digest.templating import templates_folder
from digest.web.archive import LOOK, archive_router
from digest.web.archive.reading import Archive
from digest.web.headers import STRICT, StrictHeaders
from digest.web.metrics import metrics_router
from digest.web.pages import ReadersLanguages, page_renderer
from subscribers.guard import SmallBodies
from subscribers.languages import N_, Languages, page_language
from subscribers.mail import Render, SendMail
from subscribers.publication import House, Latest, Publication, Question
from subscribers.rules import Rules
from subscribers.web import Desk, scripting_app, subscribers_router

log = logging.getLogger(__name__)

HEADINGS = {
    404: (N_("There is no such page"), N_("The address may have been mistyped, or the page has moved.")),
    405: (N_("This cannot be done here"), N_("The page does not take what was sent.")),
    413: (N_("This is too much"), N_("What was sent is more than our forms can hold.")),
    422: (
        N_("This could not be read"),
        N_("Something in the form was not as expected. Please go back and try again."),
    ),
    500: (
        N_("Something went wrong here"),
        N_("It is our mistake, not yours. Please try again in a little while."),
    ),
}


def create_app(
    config: Config, settings: Settings, engine: Engine, send_mail: SendMail, *, extra_routers: Sequence[APIRouter] = ()
) -> FastAPI:
    """The ASGI application. ``send_mail`` sends one letter and raises when it cannot."""
    render, languages = page_renderer(config.templates), ReadersLanguages(config.templates)
    house = house_of(config, settings)
    app = FastAPI(title=config.site.name, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SmallBodies)
    app.add_middleware(StrictHeaders)
    app.mount("/static", _Everybodys(directory=templates_folder() / "web" / "static"))
    desk = Desk(
        open_session=partial(Session, engine),
        keys=settings.keys,
        send_mail=send_mail,
        publications=[publication_of(newsletter, config) for newsletter in config.newsletters.values()],
        house=house,
        render=render,
        languages=languages,
        rules=rules_of(config, settings),
        latest=partial(_latest, config, Archive(engine, config, settings.public_url)),
        history=received_by,
        erase=forget_replies,
    )
    app.mount("/api", scripting_app(desk))
    archive = archive_router(config, engine, house, render)
    routers = (subscribers_router(desk), archive, _health_router(engine), metrics_router(desk.meters, settings))
    for router in (*routers, *extra_routers):
        app.include_router(router)
    _explain_problems(app, house, render, languages)
    return app


class _Everybodys(StaticFiles):
    """Files that any site may load as modules: the prompt on a publisher's page does (Fetch §3.3.2)."""

    def file_response(self, *given: Any, **more: Any) -> Response:
        response = super().file_response(*given, **more)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response


def house_of(config: Config, settings: Settings) -> House:
    """Who publishes, for pages and letters: where they speak of no newsletter, they speak as the first one does."""
    site = config.site
    first = next(iter(config.newsletters.values()))
    return House(site.name, site.url, settings.public_url, site.postal_address, first.language)


def publication_of(newsletter: Newsletter, config: Config) -> Publication:
    """The newsletter as its readers see it."""
    return Publication(
        newsletter.key,
        newsletter.title,
        newsletter.tagline,
        newsletter.prompt,
        newsletter.language,
        newsletter.zone,
        {key: config.topics[key].title for key in newsletter.reader_topics},
        questions=tuple(Question(field.key, field.label, field.options) for field in config.fields.values()),
        is_public=newsletter.archive == "public",
        rhythm=rhythm_of(newsletter.schedule),
    )


def rules_of(config: Config, settings: Settings) -> Rules:
    """How sign-ups are taken. The publisher's own site, and our pages, may always show the prompt."""
    signup = config.signup
    sites = (config.site.url, settings.public_url, *signup.sites)
    return Rules(
        origins=tuple(dict.fromkeys(origin_of(site) for site in sites)),
        per_network=signup.per_network,
        overall=signup.overall,
        pressure=signup.pressure,
        disposable=signup.disposable,
        check_mx=signup.check_mx,
        network=signup.consent_network,
    )


def origin_of(url: str) -> str:
    """A web address's origin as browsers write it (RFC 6454 §6.2).

    >>> origin_of("https://WWW.example.com:443/news?page=2")
    'https://www.example.com'
    """
    parts = httpx.URL(url)
    return f"{parts.scheme}://{parts.netloc.decode()}"


def _latest(config: Config, archive: Archive, key: str) -> Latest | None:
    front = archive.newest(config.newsletter(key))
    line = front.latest
    if line is None:
        return None
    url = f"{archive.public_url}/archive/{key}/{line.number}"
    return Latest(line.number, line.subject, line.slot, url, front.headlines)


def _health_router(engine: Engine) -> APIRouter:
    router = APIRouter()

    @router.api_route("/health", methods=LOOK)
    def health() -> JSONResponse:
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            log.exception("the database does not answer")
            return JSONResponse({"status": "the database does not answer", "version": version("digest")}, 503)
        return JSONResponse({"status": "ok", "version": version("digest")})

    return router


def _explain_problems(app: FastAPI, house: House, render: Render, languages: Languages) -> None:
    def explained(request: Request, status: int) -> Response:
        heading, explanation = HEADINGS.get(status, HEADINGS[500 if status >= 500 else 422])
        spoken = page_language(languages, request.query_params.get("lang", ""), house.language)
        words = {"house": house, "newsletter": None, "heading": heading, "explanation": explanation, **spoken}
        return HTMLResponse(render("web/problem.html.j2", words), status, headers=STRICT)

    def http_problem(request: Request, error: Exception) -> Response:
        response = explained(request, error.status_code if isinstance(error, HTTPException) else 500)
        if isinstance(error, HTTPException) and error.headers:
            response.headers.update(error.headers)
        return response

    def unreadable(request: Request, _: Exception) -> Response:
        return explained(request, 422)

    app.add_exception_handler(HTTPException, http_problem)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(Exception, http_problem)
