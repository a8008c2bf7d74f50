"""The reader's own page: no password, and no name, address or history on it, for mails are forwarded.

Its link stands in every mail and works for ever. The token in the form's address is the proof that whoever sends it
holds such a mail.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from subscribers.languages import N_
from subscribers.mail import Letter
from subscribers.personal import owner_of, personal_letter
from subscribers.preferences import (
    LONGEST_PAUSE,
    Choices,
    choices_of,
    choose,
    join,
    language_of,
)
from subscribers.signup import Wish, request
from subscribers.tokens import BadToken, Goodbye, Membership
from subscribers.unsubscribe import leave
from subscribers.web.choice import BadDay, Choice, chosen, chosen_topics, zone_of
from subscribers.web.desk import LOOK, Desk, NotSubscribed
from subscribers.web.leaving import goodbye_page
from subscribers.zones import is_zone, zones_by_region

FORM = "preferences"
BAD_DAY = N_("Please choose a day between tomorrow and a year from now.")


def choosing_routes(router: APIRouter, desk: Desk) -> None:
    """Add the routes under ``/preferences``."""
    pages = _Choosing(desk)
    router.add_api_route("/preferences/{token}", pages.ask, methods=LOOK)
    router.add_api_route("/preferences/{token}", pages.choose, methods=["POST"])
    router.add_api_route("/preferences/{token}/me", pages.mail_the_key, methods=["POST"])


class _Choosing:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def ask(self, token: str, lang: str = "") -> Response:
        try:
            membership, choices = self._chooser(token)
        except BadToken as error:
            return self.desk.dead_link(error, lang)
        return self._page(membership, choices, lang)

    def choose(
        self, token: str, form: Annotated[Choice, Form()], http: Request, background: BackgroundTasks, lang: str = ""
    ) -> Response:
        desk = self.desk
        try:
            membership, choices = self._chooser(token)
        except BadToken as error:
            return desk.dead_link(error, lang)
        publication = desk.standing(membership.newsletter)
        if form.language not in desk.offered(publication):
            return self._page(membership, choices, lang)
        try:
            wanted = chosen(form, choices, publication, desk.clock())
        except BadDay:
            kept = chosen(form.model_copy(update={"pause": ""}), choices, publication, desk.clock())
            kept = replace(kept, topics=chosen_topics(form, choices, desk.publications))
            return self._page(membership, kept, lang, 422, error=BAD_DAY)
        with desk.open_session() as session:
            goodbye = self._end(session, form, choices, http)
            letters = self._begin(session, form, choices, http)
            coming = choices_of(session, membership) or replace(choices, newsletters=())
            wanted = replace(
                wanted, newsletters=coming.newsletters, topics=chosen_topics(form, coming, desk.publications)
            )
            choose(session, wanted, now=desk.clock())
        for letter in letters:
            publication = desk.publication(letter.newsletter)
            background.add_task(desk.post, letter, desk.proof(http, publication, form.language, FORM))
        if not wanted.newsletters:
            return goodbye_page(desk, membership, goodbye, form.language)
        back = [desk.named(letter.newsletter) for letter in letters]
        renewed = form.language != choices.language
        return self._page(membership, wanted, lang, saved=True, renewed=renewed, back=back)

    def mail_the_key(self, token: str, background: BackgroundTasks, lang: str = "") -> Response:
        """Mail the owner the way to name, address and data; the answer is the same whether or not there was a mail."""
        desk = self.desk
        try:
            membership, choices = self._chooser(token)
        except BadToken as error:
            return desk.dead_link(error, lang)
        publication = desk.standing(membership.newsletter)
        owner = Membership(choices.subscriber_id, publication.key)
        with desk.open_session() as session:
            letter = personal_letter(session, owner, now=desk.clock(), keys=desk.keys)
        if letter:
            background.add_task(desk.post, letter)
        return desk.page("personal_sent", publication, choices.language or lang, token=token)

    def _chooser(self, token: str) -> tuple[Membership, Choices]:
        """Whose choices the token opens. Raises BadToken, or NotSubscribed when there is nothing left to choose."""
        membership = self.desk.tokens.read_preferences(token)
        with self.desk.open_session() as session:
            choices = choices_of(session, membership)
            if choices is None or not choices.newsletters:
                raise NotSubscribed(language_of(session, membership.subscriber_id))
        return membership, choices

    def _end(self, session: Session, form: Choice, choices: Choices, http: Request) -> Goodbye | None:
        ending = [key for key in choices.newsletters if key in form.had and key not in form.newsletter]
        proof = self.desk.circumstances(http, FORM)
        return leave(session, choices.subscriber_id, ending, now=self.desk.clock(), proof=proof)

    def _begin(self, session: Session, form: Choice, choices: Choices, http: Request) -> list[Letter]:
        """Begin what is ticked and was not before; return the letters that ask whoever left to confirm it."""
        desk = self.desk
        letters = []
        for publication in desk.publications:
            key = publication.key
            if key not in form.newsletter or key in choices.newsletters:
                continue
            proof = desk.circumstances(http, FORM, publication.title)
            if join(session, choices.subscriber_id, key, now=desk.clock(), keys=desk.keys, proof=proof):
                continue
            owner = owner_of(session, Membership(choices.subscriber_id, key))
            wish = Wish(owner.address, (key,), owner.name, form.language) if owner else None
            if wish and (letter := request(session, wish, now=desk.clock(), keys=desk.keys)):
                letters.append(letter)
        return letters

    def _page(
        self, membership: Membership, choices: Choices, lang: str, status: int = 200, /, **told: object
    ) -> Response:
        """The choices of whoever holds the link: never a name or an address, for mails are forwarded."""
        desk = self.desk
        publication = desk.standing(membership.newsletter)
        now, zone = desk.clock(), zone_of(choices, publication)
        paused = choices.paused_until is not None and choices.paused_until > now
        today = now.astimezone(zone).date()
        words = {
            "offered": desk.offered(publication),
            "publications": desk.publications,
            "choices": choices,
            "zones": zones_by_region(),
            "zone": zone,
            "known_zone": is_zone(choices.timezone),
            "paused": paused,
            "until": choices.paused_until.astimezone(zone).date() if paused and choices.paused_until else None,
            "first_day": today + timedelta(days=1),
            "last_day": today + LONGEST_PAUSE,
            "leaving": desk.tokens.issue_unsubscribe(choices.subscriber_id, _one_of(choices, membership.newsletter)),
            "token": desk.tokens.issue_preferences(choices.subscriber_id, membership.newsletter),
            "saved": False,
            "renewed": False,
            "back": [],
            "error": "",
        }
        return desk.page("preferences", publication, choices.language or lang, status, **{**words, **told})


def _one_of(choices: Choices, newsletter: str) -> str:
    """The newsletter that the page's way out leads out of: that of the mail, while it comes."""
    return newsletter if newsletter in choices.newsletters else choices.newsletters[0]
