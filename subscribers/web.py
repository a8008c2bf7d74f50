"""The subscribers' pages: ask, confirm, choose, leave.

A GET changes nothing, for mail scanners follow every link; a button's POST does (RFC 8058 §3.2).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from sqlmodel import Session

from subscribers.addresses import BadAddress, normalise_address
from subscribers.consent import Proof, network_of
from subscribers.languages import Languages, page_language
from subscribers.mail import Letter, Letters, Render, SendMail
from subscribers.preferences import choose_language, is_active, language_of
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
    languages: Languages
    clock: Callable[[], datetime] = utc_now


def subscribers_router(desk: Desk) -> APIRouter:
    """The routes under ``/subscribe``, ``/confirm``, ``/preferences`` and ``/unsubscribe``."""
    pages = _Pages(desk)
    router = APIRouter(default_response_class=HTMLResponse)
    router.add_api_route("/subscribe/{newsletter}", pages.prompt, methods=LOOK)
    router.add_api_route("/subscribe", pages.take_wish, methods=["POST"])
    router.add_api_route("/confirm/{token}", pages.ask_to_confirm, methods=LOOK)
    router.add_api_route("/confirm/{token}", pages.confirm, methods=["POST"])
    router.add_api_route("/preferences/{token}", pages.ask_to_choose, methods=LOOK)
    router.add_api_route("/preferences/{token}", pages.choose, methods=["POST"])
    router.add_api_route("/unsubscribe/{token}", pages.ask_to_leave, methods=LOOK)
    router.add_api_route("/unsubscribe/{token}", pages.leave, methods=["POST"])
    return router


class _NoSuchNewsletter(BadToken):
    """The newsletter is not published here, or no longer."""


class _NotSubscribed(BadToken):
    """The token is good, but its owner, who spoke that language, has left."""

    def __init__(self, language: str) -> None:
        super().__init__("this subscription has ended")
        self.language = language


class _Pages:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.tokens = Tokens(desk.keys)
        self.letters = Letters(desk.house, self.tokens, desk.render, desk.languages)

    def prompt(self, newsletter: str, lang: str = "") -> Response:
        try:
            return self._prompt(self._publication(newsletter), lang)
        except BadToken as error:
            return self._dead_link(error, lang)

    def take_wish(
        self,
        background: BackgroundTasks,
        http: Request,
        newsletter: Field = "",
        email: Field = "",
        name: Field = "",
        lang: Field = "",
        website: Field = "",
    ) -> Response:
        try:
            publication = self._publication(newsletter)
            address = normalise_address(email)
        except BadAddress as error:
            return self._prompt(publication, lang, 422, error=error.sentence, email=email, name=name)
        except BadToken as error:
            return self._dead_link(error, lang)
        # No person sees the field "website", so whoever fills it is a robot, and must not learn that we know.
        if not website:
            language = self.desk.languages.choose(lang, publication.language)
            wish = Wish(address, publication.key, name, language)
            with self.desk.open_session() as session:
                letter = request(session, wish, now=self.desk.clock(), keys=self.desk.keys)
            if letter:
                # Sent after the answer: how long the answer takes must not tell whether there was a letter.
                background.add_task(self._post, letter, self._proof(http, publication, language, "signup"))
        return self._page("check", publication, lang, email=address)

    def ask_to_confirm(self, token: str, lang: str = "") -> Response:
        try:
            membership = self.tokens.read_confirm(token)
            return self._page("confirm", self._publication(membership.newsletter), self._own(membership, lang))
        except BadToken as error:
            return self._dead_link(error, lang)

    def confirm(self, token: str, http: Request, background: BackgroundTasks, lang: str = "") -> Response:
        try:
            membership = self.tokens.read_confirm(token)
            publication = self._publication(membership.newsletter)
            wanted = self._own(membership, lang)
            proof = self._proof(http, publication, wanted, "confirmation")
            with self.desk.open_session() as session:
                welcome = confirm(session, membership, now=self.desk.clock(), proof=proof, keys=self.desk.keys)
        except BadToken as error:
            return self._dead_link(error, lang)
        if welcome:
            background.add_task(self._post, welcome)
        return self._page("confirmed", publication, wanted)

    def ask_to_choose(self, token: str, lang: str = "") -> Response:
        try:
            membership, publication = self._chooser(token)
        except BadToken as error:
            return self._dead_link(error, lang)
        return self._choices(membership, publication, self._own(membership, lang))

    def choose(self, token: str, language: Field = "", lang: str = "") -> Response:
        try:
            membership, publication = self._chooser(token)
        except BadToken as error:
            return self._dead_link(error, lang)
        if language not in self.desk.languages.offered(publication.language):
            return self._choices(membership, publication, self._own(membership, lang))
        with self.desk.open_session() as session:
            choose_language(session, membership.subscriber_id, language)
        return self._choices(membership, publication, language, saved=True)

    def ask_to_leave(self, token: str, lang: str = "") -> Response:
        try:
            membership = self.tokens.read_unsubscribe(token)
        except BadToken as error:
            return self._dead_link(error, lang)
        return self._page("unsubscribe", self._left(membership), self._own(membership, lang))

    def leave(
        self, token: str, http: Request, one_click: Annotated[str, Form(alias="List-Unsubscribe")] = "", lang: str = ""
    ) -> Response:
        try:
            membership = self.tokens.read_unsubscribe(token)
        except BadToken as error:
            return self._dead_link(error, lang)
        form = "one-click" if one_click else "goodbye"
        with self.desk.open_session() as session:
            unsubscribe(session, membership, now=self.desk.clock(), proof=_proof(http, "", form))
        if one_click:
            return PlainTextResponse("You are unsubscribed.\n", headers={"Cache-Control": "no-store"})
        return self._page("goodbye", self._left(membership), self._own(membership, lang))

    def _prompt(self, publication: Publication, lang: str, status: int = 200, **words: str) -> Response:
        return self._page("subscribe", publication, lang, status, offered=self._offered(publication), **words)

    def _choices(
        self, membership: Membership, publication: Publication, wanted: str, *, saved: bool = False
    ) -> Response:
        """The choices of whoever holds the link: never a name or an address, for mails are forwarded."""
        leaving = self.tokens.issue_unsubscribe(membership.subscriber_id, membership.newsletter)
        return self._page(
            "preferences", publication, wanted, offered=self._offered(publication), saved=saved, leaving=leaving
        )

    def _offered(self, publication: Publication) -> Mapping[str, str]:
        return self.desk.languages.offered(publication.language)

    def _chooser(self, token: str) -> tuple[Membership, Publication]:
        """Whose choices the token opens. Raises BadToken, or _NotSubscribed when there is nothing left to choose."""
        membership = self.tokens.read_preferences(token)
        with self.desk.open_session() as session:
            if not is_active(session, membership):
                raise _NotSubscribed(language_of(session, membership.subscriber_id))
        return membership, self._publication(membership.newsletter)

    def _own(self, membership: Membership, asked: str) -> str:
        """The language that the subscriber wants, else the one that is asked for."""
        with self.desk.open_session() as session:
            return language_of(session, membership.subscriber_id) or asked

    def _proof(self, http: Request, publication: Publication, wanted: str, form: str) -> Proof:
        """What the reader saw and agreed to, word by word."""
        languages = self.desk.languages
        language = languages.choose(wanted, publication.language)
        return _proof(http, languages.translate(publication.prompt, language), form)

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
            return Publication(membership.newsletter, membership.newsletter, language=self.desk.house.language)

    def _dead_link(self, error: BadToken, lang: str) -> Response:
        if isinstance(error, _NotSubscribed):
            return self._page("unsubscribed", None, error.language or lang, 410)
        if isinstance(error, ExpiredToken):
            return self._page("expired", None, lang, 410)
        return self._page("unknown", None, lang, 404)

    def _page(
        self, template: str, newsletter: Publication | None, wanted: str, status: int = 200, /, **words: object
    ) -> Response:
        """A page from ``templates/web``: never cached, never indexed, for its address may hold a token."""
        default = newsletter.language if newsletter else self.desk.house.language
        spoken = page_language(self.desk.languages, wanted, default)
        shared = {"house": self.desk.house, "newsletter": newsletter, **spoken}
        html = self.desk.render(f"web/{template}.html.j2", {**shared, **words})
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
