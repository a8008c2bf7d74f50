"""The goodbye: at once, without a question (RFC 8058), and as often as somebody presses the button.

Beside the one button stand other ways (another newsletter instead, a pause); after it, a way back and a question that
need not be answered. The token in each form's address is the proof that whoever sends it holds a mail of ours.
"""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import PlainTextResponse, Response

from subscribers.languages import N_
from subscribers.merging import as_it_is_now
from subscribers.preferences import Choices, choices_of, join, midnight, pause
from subscribers.publication import Publication
from subscribers.tokens import BadToken, ExpiredToken, Goodbye, Membership
from subscribers.unsubscribe import give_reason, leave, undo, unsubscribe
from subscribers.web.choice import zone_of
from subscribers.web.desk import LOOK, Desk, Field

FORM = "goodbye"
SHORT_PAUSE = timedelta(days=30)
REASONS = {
    "too-many": N_("Too many mails"),
    "not-for-me": N_("It is not what I expected"),
    "no-time": N_("I have no time to read it"),
    "elsewhere": N_("I read the news elsewhere"),
    "never-asked": N_("I never asked for it"),
}


def leaving_routes(router: APIRouter, desk: Desk) -> None:
    """Add the routes under ``/unsubscribe`` and ``/undo``."""
    pages = _Leaving(desk)
    router.add_api_route("/unsubscribe/{token}", pages.ask, methods=LOOK)
    router.add_api_route("/unsubscribe/{token}", pages.leave, methods=["POST"])
    router.add_api_route("/unsubscribe/{token}/instead", pages.take_another, methods=["POST"])
    router.add_api_route("/unsubscribe/{token}/pause", pages.pause, methods=["POST"])
    router.add_api_route("/unsubscribe/{token}/everything", pages.leave_everything, methods=["POST"])
    router.add_api_route("/unsubscribe/{token}/reason", pages.take_reason, methods=["POST"])
    router.add_api_route("/undo/{token}", pages.undo, methods=["POST"])


class _Leaving:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def ask(self, token: str, lang: str = "") -> Response:
        desk = self.desk
        try:
            membership, choices = self._leaver(token)
        except BadToken as error:
            return desk.dead_link(error, lang)
        coming = choices is not None and membership.newsletter in choices.newsletters
        words = {"token": token, "others": self._others(choices) if coming else [], "coming": coming}
        return desk.page("unsubscribe", desk.named(membership.newsletter), desk.own_language(membership, lang), **words)

    def leave(
        self, token: str, http: Request, one_click: Annotated[str, Form(alias="List-Unsubscribe")] = "", lang: str = ""
    ) -> Response:
        desk = self.desk
        try:
            membership = desk.tokens.read_unsubscribe(token)
        except BadToken as error:
            return desk.dead_link(error, lang)
        if one_click:
            with desk.open_session() as session:
                unsubscribe(session, membership, now=desk.clock(), proof=desk.circumstances(http, "one-click"))
            return PlainTextResponse("You are unsubscribed.\n", headers={"Cache-Control": "no-store"})
        return self._leave(membership, http, lang)

    def take_another(self, token: str, http: Request, newsletter: Field = "", lang: str = "") -> Response:
        """Leave this newsletter, and begin another that was never left."""
        desk = self.desk
        try:
            membership, choices = self._leaver(token)
        except BadToken as error:
            return desk.dead_link(error, lang)
        other = next((each for each in self._others(choices) if each.key == newsletter), None)
        if other is not None and choices is not None and membership.newsletter in choices.newsletters:
            proof = desk.circumstances(http, "instead", other.title)
            with desk.open_session() as session:
                begun = join(session, choices.subscriber_id, other.key, now=desk.clock(), keys=desk.keys, proof=proof)
            other = other if begun else None
        return self._leave(membership, http, lang, instead=other)

    def pause(self, token: str, lang: str = "") -> Response:
        desk = self.desk
        try:
            membership, choices = self._leaver(token)
        except BadToken as error:
            return desk.dead_link(error, lang)
        publication, wanted = desk.named(membership.newsletter), desk.own_language(membership, lang)
        if choices is None:
            return desk.page("unsubscribed", None, wanted, 410)
        zone = zone_of(choices, publication)
        until = midnight(desk.clock().astimezone(zone).date() + SHORT_PAUSE, zone)
        with desk.open_session() as session:
            paused = pause(session, membership, until)
        if not paused:
            return desk.page("unsubscribed", None, wanted, 410)
        choosing = desk.tokens.issue_preferences(choices.subscriber_id, membership.newsletter)
        return desk.page("paused", publication, wanted, until=until, zone=zone, choosing=choosing)

    def leave_everything(self, token: str, http: Request, lang: str = "") -> Response:
        desk = self.desk
        try:
            membership, choices = self._leaver(token)
        except BadToken as error:
            return desk.dead_link(error, lang)
        keys = choices.newsletters if choices else ()
        with desk.open_session() as session:
            proof = desk.circumstances(http, "everything")
            goodbye = leave(session, membership.subscriber_id, keys, now=desk.clock(), proof=proof)
        return goodbye_page(desk, membership, goodbye, desk.own_language(membership, lang), everything=True)

    def take_reason(self, token: str, http: Request, reason: Field = "", words: Field = "", lang: str = "") -> Response:
        desk = self.desk
        try:
            membership = desk.tokens.read_unsubscribe(token)
        except BadToken as error:
            return desk.dead_link(error, lang)
        note = ": ".join(part for part in (reason if reason in REASONS else "", words.strip()) if part)
        with desk.open_session() as session:
            give_reason(session, membership, note, now=desk.clock(), proof=desk.circumstances(http, FORM))
        return goodbye_page(desk, membership, None, desk.own_language(membership, lang), thanked=bool(note))

    def undo(self, token: str, http: Request, lang: str = "") -> Response:
        """Take a goodbye back. Its token is of that instant: what ended later is not brought back by it."""
        desk = self.desk
        try:
            goodbye = desk.tokens.read_undo(token)
            proof = desk.circumstances(http, "undo")
            with desk.open_session() as session:
                back = undo(session, goodbye, now=desk.clock(), keys=desk.keys, proof=proof)
            if not back:
                raise ExpiredToken("this subscription has ended since")
        except BadToken as error:
            return desk.dead_link(error, lang)
        membership = Membership(goodbye.subscriber_id, back[0])
        return desk.page(
            "undone",
            desk.named(back[0]),
            desk.own_language(membership, lang),
            back=[desk.named(key) for key in back],
            choosing=desk.tokens.issue_preferences(goodbye.subscriber_id, back[0]),
        )

    def _leave(
        self, membership: Membership, http: Request, lang: str, *, instead: Publication | None = None
    ) -> Response:
        desk = self.desk
        proof = desk.circumstances(http, FORM)
        with desk.open_session() as session:
            goodbye = leave(session, membership.subscriber_id, [membership.newsletter], now=desk.clock(), proof=proof)
        return goodbye_page(desk, membership, goodbye, desk.own_language(membership, lang), instead=instead)

    def _leaver(self, token: str) -> tuple[Membership, Choices | None]:
        """Who leaves, and what they have chosen; None of somebody who is not there any more. Raises BadToken."""
        membership = self.desk.tokens.read_unsubscribe(token)
        with self.desk.open_session() as session:
            return as_it_is_now(session, membership), choices_of(session, membership)

    def _others(self, choices: Choices | None) -> list[Publication]:
        """What a reader may like instead: neither had nor ever left."""
        if choices is None:
            return []
        known = {*choices.newsletters, *choices.left}
        return [publication for publication in self.desk.publications if publication.key not in known]


def goodbye_page(desk: Desk, membership: Membership, goodbye: Goodbye | None, wanted: str, **told: object) -> Response:
    """What is seen after the last button: the same for whoever left before, or was never known."""
    with desk.open_session() as session:
        choices = choices_of(session, membership)
    remaining = [desk.named(key) for key in choices.newsletters] if choices else []
    words = {
        "undoing": desk.tokens.issue_undo(goodbye) if goodbye else "",
        "token": desk.tokens.issue_unsubscribe(membership.subscriber_id, membership.newsletter),
        "remaining": remaining,
        "reasons": REASONS,
        "instead": None,
        "everything": False,
        "thanked": False,
    }
    return desk.page("goodbye", desk.named(membership.newsletter), wanted, **{**words, **told})
