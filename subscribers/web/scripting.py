"""The prompt for scripts: what to ask in which words, and the application, as JSON.

A browser lets only pages of the publisher's sites read the answers (Fetch Standard, CORS protocol), and a page of
anybody else's is refused besides. Who is no browser sends no origin; there is nothing here that a cookie would open.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Body, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from subscribers.languages import N_, page_language
from subscribers.publication import Publication
from subscribers.reception import Answer, Application, State
from subscribers.tokens import BadToken
from subscribers.web.desk import Desk, host_of

WORDS = {
    "email": N_("Your email address"),
    "name": N_("Your name"),
    "optional": N_("optional"),
    "button": N_("Subscribe free"),
    "note": N_("We send one mail to confirm first. Every issue has a link to leave."),
    "close": N_("Close"),
    "choose": N_("What would you like to get?"),
    "sending": N_("One moment …"),
    "proving": N_("One moment: your browser shows that it is no robot …"),
    "check": N_("Check your inbox: we have sent you a mail. Press the button in it, and you are on the list."),
    "failed": N_("That did not work. Please try again in a little while."),
}
SAID = {
    State.CHECK: WORDS["check"],
    State.PROVE: WORDS["proving"],
    State.SLOW: N_("Too many people sign up at the moment. Please try again later."),
    State.UNKNOWN: N_("There is no such newsletter."),
}
STATUS = {State.CHECK: 202, State.MISTAKEN: 422, State.PROVE: 428, State.SLOW: 429, State.UNKNOWN: 404}
NEVER_KEPT = {"Cache-Control": "no-store"}
LONGEST = 2000


class Sent(BaseModel):
    """The body of an application; whatever else it holds is not looked at."""

    model_config = ConfigDict(extra="ignore")

    newsletter: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=50)
    email: str = Field(default="", max_length=LONGEST)
    name: str = Field(default="", max_length=LONGEST)
    lang: str = Field(default="", max_length=40)
    form: str = Field(default="", max_length=LONGEST)
    page: str = Field(default="", max_length=LONGEST)
    website: str = Field(default="", max_length=LONGEST)
    proof: str = Field(default="", max_length=LONGEST)
    fields: dict[str, Annotated[str, Field(max_length=LONGEST)]] = Field(default={}, max_length=50)


def scripting_app(desk: Desk) -> FastAPI:
    """What is mounted under ``/api``."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=desk.rules.origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type"],
        expose_headers=["Retry-After"],
        max_age=3600,
    )
    pages = _Scripting(desk)
    router = APIRouter(dependencies=[Depends(pages.refuse_strangers)])
    router.add_api_route("/prompt/{newsletters}", pages.prompt, methods=["GET", "HEAD"])
    router.add_api_route("/subscribe", pages.receive, methods=["POST"])
    app.include_router(router)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    return app


class _Scripting:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def refuse_strangers(self, http: Request) -> None:
        """Refuse pages that are none of the publisher's, whatever they would do with the answer."""
        origin = http.headers.get("origin")
        if origin is not None and origin not in self.desk.rules.origins:
            raise HTTPException(
                403, "This site may not show the prompt: it is not among [signup] sites in digest.toml."
            )

    def prompt(self, newsletters: str, lang: str = "") -> Response:
        desk = self.desk
        try:
            wanted = [desk.publication(key) for key in dict.fromkeys(newsletters.split(","))]
        except BadToken:
            return self._said(Answer(State.UNKNOWN), lang, None)
        return JSONResponse(self._asked(wanted, lang), headers=NEVER_KEPT)

    def _asked(self, wanted: Sequence[Publication], lang: str) -> Mapping[str, object]:
        desk, first = self.desk, wanted[0]
        language = desk.languages.choose(lang, first.language)
        here = desk.house.public_url
        query = f"?lang={asked}" if (asked := page_language(desk.languages, lang, first.language)["lang"]) else ""
        return {
            "newsletters": [{"key": each.key, "title": each.title, "tagline": each.tagline} for each in wanted],
            "language": language,
            "direction": desk.languages.direction(language),
            "words": {
                "prompt": desk.languages.translate(first.prompt, language),
                **{name: desk.languages.translate(words, language) for name, words in WORDS.items()},
            },
            "questions": [{"key": each.key, "label": each.label, "options": each.options} for each in first.questions],
            "form": desk.reception.forms.sign(),
            "action": f"{here}/subscribe",
            "page": f"{here}/subscribe/{first.key}{query}",
            "archive": f"{here}/archive/{first.key}" if first.is_public else "",
        }

    def receive(self, sent: Annotated[Sent, Body()], http: Request, background: BackgroundTasks) -> Response:
        desk = self.desk
        known = {publication.key: publication for publication in desk.publications}
        wanted = [known[key] for key in dict.fromkeys(sent.newsletter) if key in known]
        first = wanted[0] if wanted else None
        language = desk.languages.choose(sent.lang, first.language if first else desk.house.language)
        answer = desk.reception.receive(_application(sent, host_of(http)), wanted, language, desk.clock())
        if answer.letter and first:
            # Sent after the answer: how long the answer takes must not tell whether there was a letter.
            background.add_task(desk.post, answer.letter, desk.proof(http, first, language, "script", sent.page))
        return self._said(answer, sent.lang, first)

    def _said(self, answer: Answer, lang: str, first: Publication | None) -> Response:
        desk = self.desk
        language = desk.languages.choose(lang, first.language if first else desk.house.language)
        sentence = desk.languages.translate(SAID.get(answer.state, answer.sentence), language)
        said: dict[str, object] = {"state": answer.state, "message": sentence}
        headers = dict(NEVER_KEPT)
        if answer.state is State.MISTAKEN:
            said["field"] = answer.field
        if answer.state is State.PROVE:
            said["challenge"] = desk.reception.works.challenge(desk.clock())
        if answer.state is State.SLOW:
            headers["Retry-After"] = str(answer.seconds)
        return JSONResponse(said, STATUS[answer.state], headers=headers)


def _application(sent: Sent, host: str) -> Application:
    return Application(
        newsletters=sent.newsletter,
        email=sent.email,
        name=sent.name,
        language=sent.lang,
        page=sent.page,
        fields=sent.fields,
        form=sent.form,
        proof=sent.proof,
        website=sent.website,
        host=host,
    )


def _refused(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = {"state": "refused", "message": error.detail if isinstance(error, HTTPException) else ""}
    return JSONResponse(said, status, headers=NEVER_KEPT)


def _unreadable(_: Request, __: Exception) -> Response:
    return JSONResponse({"state": "refused", "message": "This is not an application."}, 400, headers=NEVER_KEPT)
