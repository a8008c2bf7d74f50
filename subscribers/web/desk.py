"""What all pages of subscribers share: whom they work for, how a page is made, how a letter leaves."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from subscribers.consent import Proof, network_of
from subscribers.dossier import History, no_history
from subscribers.languages import Languages, page_language
from subscribers.mail import Letter, Letters, Render, SendMail
from subscribers.preferences import language_of
from subscribers.publication import House, Publication
from subscribers.roster import Erase, nothing_else
from subscribers.signup import letter_failed, letter_sent
from subscribers.tokens import BadToken, ExpiredToken, Membership, Tokens

log = logging.getLogger(__name__)

LOOK = ["GET", "HEAD"]
LONGEST_REFERRER = 500
Field = Annotated[str, Form()]


class NoSuchNewsletter(BadToken):
    """The newsletter is not published here, or no longer."""


class NotSubscribed(BadToken):
    """The token is good, but its owner, who spoke that language, has left."""

    def __init__(self, language: str) -> None:
        super().__init__("this subscription has ended")
        self.language = language


def utc_now() -> datetime:
    """The instant, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages work with. ``clock`` gives aware UTC instants; ``keys`` are the secret keys, newest first.

    ``history`` tells what a subscriber was sent, and ``erase`` drops what other tables hold of one.
    """

    open_session: Callable[[], Session]
    keys: tuple[str, ...]
    send_mail: SendMail
    publications: Sequence[Publication]
    house: House
    render: Render
    languages: Languages
    clock: Callable[[], datetime] = utc_now
    history: History = no_history
    erase: Erase = nothing_else
    tokens: Tokens = field(init=False)
    letters: Letters = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", Tokens(self.keys))
        object.__setattr__(self, "letters", Letters(self.house, self.tokens, self.render, self.languages))

    def publication(self, key: str) -> Publication:
        """The newsletter of that key. Raises NoSuchNewsletter."""
        for publication in self.publications:
            if publication.key == key:
                return publication
        raise NoSuchNewsletter("there is no such newsletter")

    def named(self, key: str) -> Publication:
        """The newsletter of that key; of one that is published no more, or not yet, all that is known is the key."""
        try:
            return self.publication(key)
        except NoSuchNewsletter:
            return Publication(key, key, language=self.house.language)

    def standing(self, key: str) -> Publication:
        """The newsletter of that key, or the first when it is published no more: somebody has to sign letters."""
        return next((each for each in self.publications if each.key == key), self.publications[0])

    def offered(self, publication: Publication) -> Mapping[str, str]:
        """The languages that its readers can choose, with each one's name in itself."""
        return self.languages.offered(publication.language)

    def own_language(self, membership: Membership, asked: str) -> str:
        """The language that the subscriber wants, else the one that is asked for."""
        with self.open_session() as session:
            return language_of(session, membership.subscriber_id) or asked

    def proof(self, http: Request, publication: Publication, wanted: str, form: str) -> Proof:
        """What the reader saw and agreed to, word by word."""
        language = self.languages.choose(wanted, publication.language)
        return circumstances(http, self.languages.translate(publication.prompt, language), form)

    def page(
        self, template: str, newsletter: Publication | None, wanted: str, status: int = 200, /, **words: object
    ) -> Response:
        """A page from ``templates/web``: never cached, never indexed, for its address may hold a token."""
        default = newsletter.language if newsletter else self.house.language
        spoken = page_language(self.languages, wanted, default)
        shared = {"house": self.house, "newsletter": newsletter, **spoken}
        html = self.render(f"web/{template}.html.j2", {**shared, **words})
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})

    def dead_link(self, error: BadToken, lang: str) -> Response:
        """The page for a link that opens nothing, or nothing any more."""
        if isinstance(error, NotSubscribed):
            return self.page("unsubscribed", None, error.language or lang, 410)
        if isinstance(error, ExpiredToken):
            return self.page("expired", None, lang, 410)
        return self.page("unknown", None, lang, 404)

    def post(self, letter: Letter, proof: Proof | None = None) -> None:
        """Send a letter that is owed; ``proof`` is kept once it has left."""
        publication = self.publication(letter.newsletter)
        try:
            self.send_mail(self.letters.write(letter, publication))
        except Exception as error:  # noqa: BLE001  # whatever went wrong, the reader may ask again at once
            # Its text may hold the address, which has no place in a log.
            log.error("%s letter for subscriber %d: %s", letter.kind, letter.subscriber_id, type(error).__name__)  # noqa: TRY400
            with self.open_session() as session:
                letter_failed(session, letter)
            return
        if proof:
            with self.open_session() as session:
                letter_sent(session, letter, proof)


def circumstances(http: Request, wording: str, form: str) -> Proof:
    """What is known of a request, as a proof keeps it."""
    host = http.client.host if http.client else ""
    return Proof(wording, form, http.headers.get("referer", "")[:LONGEST_REFERRER], network_of(host))
