"""The subscribers' pages: ask, confirm, leave.

A GET changes nothing, for mail scanners follow every link; a button's POST does (RFC 8058 §3.2).
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from sqlmodel import Session

from subscribers.addresses import BadAddress, normalise_address
from subscribers.consent import Proof, network_of
from subscribers.mail import Letter, Letters, Render, SendMail
from subscribers.publication import House, Publication
from subscribers.signup import Wish, confirm, letter_failed, letter_sent, request
from subscribers.tokens import BadToken, ExpiredToken, Membership, Tokens
from subscribers.unsubscribe import unsubscribe

log = logging.getLogger(__name__)

LOOK = ["GET", "HEAD"]
LONGEST_REFERRER = 500
Field = Annotated[str, Form()]


def utc_now() -> datetime:
    """The instant, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages work with. ``clock`` gives aware UTC instants; ``keys`` are the secret keys, newest first."""

    open_session: Callable[[], Session]
    keys: tuple[str, ...]
    send_mail: SendMail
    publications: Sequence[Publication]
    house: House
    render: Render
    clock: Callable[[], datetime] = utc_now


def subscribers_router(desk: Desk) -> APIRouter:
    """The routes under ``/subscribe``, ``/confirm`` and ``/unsubscribe``."""
    pages = _Pages(desk)
    router = APIRouter(default_response_class=HTMLResponse)
    router.add_api_route("/subscribe/{newsletter}", pages.prompt, methods=LOOK)
    router.add_api_route("/subscribe", pages.take_wish, methods=["POST"])
    router.add_api_route("/confirm/{token}", pages.ask_to_confirm, methods=LOOK)
    router.add_api_route("/confirm/{token}", pages.confirm, methods=["POST"])
    router.add_api_route("/unsubscribe/{token}", pages.ask_to_leave, methods=LOOK)
    router.add_api_route("/unsubscribe/{token}", pages.leave, methods=["POST"])
    return router


class _NoSuchNewsletter(BadToken):
    """The newsletter is not published here, or no longer."""


class _Pages:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.tokens = Tokens(desk.keys)
        self.letters = Letters(desk.house, self.tokens, desk.render)

    def prompt(self, newsletter: str) -> Response:
        try:
            return self._page("subscribe", newsletter=self._publication(newsletter))
        except BadToken as error:
            return self._dead_link(error)

    def take_wish(
        self,
        background: BackgroundTasks,
        http: Request,
        newsletter: Field = "",
        email: Field = "",
        name: Field = "",
        website: Field = "",
    ) -> Response:
        try:
            publication = self._publication(newsletter)
            address = normalise_address(email)
        except BadAddress as error:
            return self._page("subscribe", 422, newsletter=publication, error=str(error), email=email, name=name)
        except BadToken as error:
            return self._dead_link(error)
        # No person sees the field "website", so whoever fills it is a robot, and must not learn that we know.
        if not website:
            wish = Wish(address, publication.key, name, publication.language)
            with self.desk.open_session() as session:
                letter = request(session, wish, now=self.desk.clock(), keys=self.desk.keys)
            if letter:
                # Sent after the answer: how long the answer takes must not tell whether there was a letter.
                background.add_task(self._post, letter, _proof(http, publication.prompt, "signup"))
        return self._page("check", newsletter=publication, email=address)

    def ask_to_confirm(self, token: str) -> Response:
        try:
            membership = self.tokens.read_confirm(token)
            return self._page("confirm", newsletter=self._publication(membership.newsletter))
        except BadToken as error:
            return self._dead_link(error)

    def confirm(self, token: str, http: Request, background: BackgroundTasks) -> Response:
        try:
            membership = self.tokens.read_confirm(token)
            publication = self._publication(membership.newsletter)
            proof = _proof(http, publication.prompt, "confirmation")
            with self.desk.open_session() as session:
                welcome = confirm(session, membership, now=self.desk.clock(), proof=proof, keys=self.desk.keys)
        except BadToken as error:
            return self._dead_link(error)
        if welcome:
            background.add_task(self._post, welcome)
        return self._page("confirmed", newsletter=publication)

    def ask_to_leave(self, token: str) -> Response:
        try:
            return self._page("unsubscribe", newsletter=self._left(self.tokens.read_unsubscribe(token)))
        except BadToken as error:
            return self._dead_link(error)

    def leave(
        self, token: str, http: Request, one_click: Annotated[str, Form(alias="List-Unsubscribe")] = ""
    ) -> Response:
        try:
            membership = self.tokens.read_unsubscribe(token)
        except BadToken as error:
            return self._dead_link(error)
        form = "one-click" if one_click else "goodbye"
        with self.desk.open_session() as session:
            unsubscribe(session, membership, now=self.desk.clock(), proof=_proof(http, "", form))
        if one_click:
            return PlainTextResponse("You are unsubscribed.\n", headers={"Cache-Control": "no-store"})
        return self._page("goodbye", newsletter=self._left(membership))

    def _publication(self, key: str) -> Publication:
        for publication in self.desk.publications:
            if publication.key == key:
                return publication
        raise _NoSuchNewsletter("there is no such newsletter")

    def _left(self, membership: Membership) -> Publication:
        """The newsletter to leave: also one that is published no more can be left."""
        try:
            return self._publication(membership.newsletter)
        except _NoSuchNewsletter:
            return Publication(membership.newsletter, membership.newsletter)

    def _dead_link(self, error: BadToken) -> Response:
        if isinstance(error, ExpiredToken):
            return self._page("expired", 410)
        return self._page("unknown", 404)

    def _page(self, template: str, status: int = 200, /, **words: object) -> Response:
        """A page from ``templates/web``: never cached, never indexed, for its address may hold a token."""
        html = self.desk.render(f"web/{template}.html.j2", {"house": self.desk.house, "newsletter": None, **words})
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})

    def _post(self, letter: Letter, proof: Proof | None = None) -> None:
        publication = self._publication(letter.newsletter)
        try:
            self.desk.send_mail(self.letters.write(letter, publication))
        except Exception as error:  # noqa: BLE001  # whatever went wrong, the reader may ask again at once
            # Its text may hold the address, which has no place in a log.
            log.error("%s letter for subscriber %d: %s", letter.kind, letter.subscriber_id, type(error).__name__)  # noqa: TRY400
            with self.desk.open_session() as session:
                letter_failed(session, letter)
            return
        if proof:
            with self.desk.open_session() as session:
                letter_sent(session, letter, proof)


def _proof(http: Request, wording: str, form: str) -> Proof:
    host = http.client.host if http.client else ""
    return Proof(wording, form, http.headers.get("referer", "")[:LONGEST_REFERRER], network_of(host))
