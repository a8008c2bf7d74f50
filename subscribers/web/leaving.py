"""The goodbye: at once, without a question (RFC 8058), and as often as somebody presses the button."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import PlainTextResponse, Response

from subscribers.publication import Publication
from subscribers.tokens import BadToken, Membership
from subscribers.unsubscribe import unsubscribe
from subscribers.web.desk import LOOK, Desk, NoSuchNewsletter


def leaving_routes(router: APIRouter, desk: Desk) -> None:
    """Add the routes under ``/unsubscribe``."""
    pages = _Leaving(desk)
    router.add_api_route("/unsubscribe/{token}", pages.ask, methods=LOOK)
    router.add_api_route("/unsubscribe/{token}", pages.leave, methods=["POST"])


class _Leaving:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def ask(self, token: str, lang: str = "") -> Response:
        try:
            membership = self.desk.tokens.read_unsubscribe(token)
        except BadToken as error:
            return self.desk.dead_link(error, lang)
        return self.desk.page("unsubscribe", self._left(membership), self.desk.own_language(membership, lang))

    def leave(
        self, token: str, http: Request, one_click: Annotated[str, Form(alias="List-Unsubscribe")] = "", lang: str = ""
    ) -> Response:
        desk = self.desk
        try:
            membership = desk.tokens.read_unsubscribe(token)
        except BadToken as error:
            return desk.dead_link(error, lang)
        form = "one-click" if one_click else "goodbye"
        with desk.open_session() as session:
            unsubscribe(session, membership, now=desk.clock(), proof=desk.circumstances(http, form))
        if one_click:
            return PlainTextResponse("You are unsubscribed.\n", headers={"Cache-Control": "no-store"})
        return desk.page("goodbye", self._left(membership), desk.own_language(membership, lang))

    def _left(self, membership: Membership) -> Publication:
        """The newsletter to leave: also one that is published no more can be left."""
        try:
            return self.desk.publication(membership.newsletter)
        except NoSuchNewsletter:
            return Publication(membership.newsletter, membership.newsletter, language=self.desk.house.language)
