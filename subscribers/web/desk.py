"""What all pages of subscribers share: whom they work for, how a page is made, how a letter leaves."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from subscribers.consent import Proof, kept_of
from subscribers.dossier import History, no_history
from subscribers.languages import Languages, page_language
from subscribers.mail import Kind, Letter, Letters, Render, SendMail
from subscribers.meters import Meters
from subscribers.preferences import language_of
from subscribers.publication import House, Latest, Publication
from subscribers.reception import Reception, page_of
from subscribers.roster import Erase, nothing_else
from subscribers.rules import USUAL, Rules
from subscribers.signup import letter_failed, letter_sent
from subscribers.tokens import BadToken, ExpiredToken, Membership, Tokens

log = logging.getLogger(__name__)

LOOK = ["GET", "HEAD"]
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

    ``latest`` finds the latest issue of the newsletter of a key, if there is one.
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
    rules: Rules = USUAL
    latest: Callable[[str], Latest | None] = lambda _: None
    meters: Meters = field(default_factory=Meters)
    history: History = no_history
    erase: Erase = nothing_else
    tokens: Tokens = field(init=False)
    letters: Letters = field(init=False)
    reception: Reception = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", Tokens(self.keys))
        object.__setattr__(self, "letters", Letters(self.house, self.tokens, self.render, self.languages))
        object.__setattr__(self, "reception", Reception(self.open_session, self.keys, self.rules, self.meters))

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
        return self.language_for(membership.subscriber_id, asked)

    def language_for(self, subscriber_id: int, asked: str) -> str:
        """The same, where the subscriber is known by the id alone."""
        with self.open_session() as session:
            return language_of(session, subscriber_id) or asked

    def proof(self, http: Request, publication: Publication, wanted: str, form: str, page: str = "") -> Proof:
        """What the reader saw and agreed to, word by word, and on which page if it says so."""
        language = self.languages.choose(wanted, publication.language)
        return self.circumstances(http, form, self.languages.translate(publication.prompt, language), page)

    def circumstances(self, http: Request, form: str, wording: str = "", page: str = "") -> Proof:
        """What is known of a request, as a proof keeps it."""
        page = page_of(page) or page_of(http.headers.get("referer", ""))
        return Proof(wording, form, page, kept_of(host_of(http), self.rules.network))

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
        publications = [self.publication(newsletter) for newsletter in letter.newsletters]
        latest = self.latest(letter.newsletter) if letter.kind is Kind.WELCOME else None
        try:
            self.send_mail(self.letters.write(letter, publications, latest))
        except Exception as error:  # noqa: BLE001  # whatever went wrong, the reader may ask again at once
            # Its text may hold the address, which has no place in a log.
            log.error("%s letter for subscriber %d: %s", letter.kind, letter.subscriber_id, type(error).__name__)  # noqa: TRY400
            self.meters.letters.labels(letter.kind, "failed").inc()
            with self.open_session() as session:
                letter_failed(session, letter, self.keys)
            return
        self.meters.letters.labels(letter.kind, "sent").inc()
        if proof:
            with self.open_session() as session:
                letter_sent(session, letter, proof)


def host_of(http: Request) -> str:
    """The IP address that the request comes from, or that a proxy on this machine names."""
    return http.client.host if http.client else ""
