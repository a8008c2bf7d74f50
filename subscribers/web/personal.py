"""The reader's name, address and data, behind a link that was mailed to that address and works for an hour."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import Response
from sqlmodel import Session

from subscribers.addresses import BadAddress, normalise_address
from subscribers.consent import Act
from subscribers.dossier import dossier_of, written
from subscribers.engagement import engaged
from subscribers.languages import N_
from subscribers.merging import Outcome, as_it_is_now, change_address
from subscribers.models import Status, Subscriber
from subscribers.personal import change_letter, changed_letter, owner_of, rename
from subscribers.roster import forget
from subscribers.tokens import BadToken, ExpiredToken, Membership
from subscribers.web.desk import LOOK, Desk, Field, NotSubscribed

STATUSES = {
    Status.PENDING: N_("waits for your confirmation"),
    Status.ACTIVE: N_("comes to you"),
    Status.UNSUBSCRIBED: N_("has ended"),
}
ACTS = {
    Act.REQUESTED: N_("asked for"),
    Act.CONFIRMED: N_("confirmed"),
    Act.UNSUBSCRIBED: N_("left"),
    Act.IMPORTED: N_("taken over from another list"),
    Act.ADDED: N_("added by the publisher"),
    Act.UNDONE: N_("taken back"),
    Act.REASON: N_("reason given"),
    Act.MOVED: N_("address changed"),
}


def personal_routes(router: APIRouter, desk: Desk) -> None:
    """Add the routes under ``/me`` and ``/address``."""
    pages, moving = _Personal(desk), _Moving(desk)
    router.add_api_route("/me/{token}", pages.show, methods=LOOK)
    router.add_api_route("/me/{token}", pages.rename, methods=["POST"])
    router.add_api_route("/me/{token}/address", pages.ask_new_address, methods=["POST"])
    router.add_api_route("/me/{token}/data", pages.download, methods=LOOK)
    router.add_api_route("/me/{token}/forget", pages.ask_to_forget, methods=LOOK)
    router.add_api_route("/me/{token}/forget", pages.forget, methods=["POST"])
    router.add_api_route("/address/{token}", moving.ask, methods=LOOK)
    router.add_api_route("/address/{token}", moving.move, methods=["POST"])


class _Personal:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def show(self, token: str, lang: str = "") -> Response:
        return self._page(token, lang)

    def rename(self, token: str, name: Field = "", lang: str = "") -> Response:
        desk = self.desk
        try:
            membership = desk.tokens.read_personal(token)
            with desk.open_session() as session:
                subscriber = _owner(session, membership)
                rename(session, subscriber, name)
                engaged(session, subscriber.id or 0, desk.clock())
                session.commit()
        except BadToken as error:
            return desk.dead_link(error, lang)
        return self._page(token, lang, saved=True)

    def ask_new_address(self, token: str, background: BackgroundTasks, email: Field = "", lang: str = "") -> Response:
        """Write to the new address; the answer tells nobody whether it is known, or may be written to."""
        desk = self.desk
        try:
            membership = desk.tokens.read_personal(token)
            address = normalise_address(email)
        except BadAddress as error:
            return self._page(token, lang, 422, error=error.sentence, email=email)
        except BadToken as error:
            return desk.dead_link(error, lang)
        owner = Membership(membership.subscriber_id, desk.standing(membership.newsletter).key)
        with desk.open_session() as session:
            letter = change_letter(session, owner, address, now=desk.clock(), keys=desk.keys)
        if letter:
            background.add_task(desk.post, letter)
        return self._page(token, lang, asked=address)

    def download(self, token: str, lang: str = "") -> Response:
        """All that is stored of the reader, as JSON to keep (GDPR articles 15 and 20)."""
        desk = self.desk
        try:
            membership = desk.tokens.read_personal(token)
            with desk.open_session() as session:
                subscriber = _owner(session, membership)
                found = dossier_of(session, subscriber.id or 0, keys=desk.keys, history=desk.history)
        except BadToken as error:
            return desk.dead_link(error, lang)
        text = json.dumps(asdict(found) if found else {}, default=written, ensure_ascii=False, indent=2)
        kept = {"Content-Disposition": 'attachment; filename="my-data.json"', "Cache-Control": "no-store"}
        return Response(text + "\n", media_type="application/json", headers={**kept, "X-Robots-Tag": "noindex"})

    def ask_to_forget(self, token: str, lang: str = "") -> Response:
        desk = self.desk
        try:
            membership = desk.tokens.read_personal(token)
            with desk.open_session() as session:
                language = _owner(session, membership).language
        except BadToken as error:
            return desk.dead_link(error, lang)
        return desk.page("forget", desk.standing(membership.newsletter), language or lang, token=token)

    def forget(self, token: str, lang: str = "") -> Response:
        """Erase the reader (GDPR article 17); pressed twice, it says the same."""
        desk = self.desk
        try:
            membership = desk.tokens.read_personal(token)
        except BadToken as error:
            return desk.dead_link(error, lang)
        language = ""
        with desk.open_session() as session:
            if (subscriber := owner_of(session, membership)) is not None:
                language = subscriber.language
                forget(session, subscriber.address, now=desk.clock(), keys=desk.keys, elsewhere=desk.erase)
        return desk.page("forgotten", None, language or lang)

    def _page(self, token: str, lang: str, status: int = 200, /, **told: object) -> Response:
        desk = self.desk
        try:
            membership = desk.tokens.read_personal(token)
            with desk.open_session() as session:
                words = self._words(session, membership)
        except BadToken as error:
            return desk.dead_link(error, lang)
        language = str(words.pop("language")) or lang
        shared = {"token": token, "saved": False, "asked": "", "error": "", "email": ""}
        return desk.page(
            "personal", desk.standing(membership.newsletter), language, status, **{**shared, **words, **told}
        )

    def _words(self, session: Session, membership: Membership) -> dict[str, object]:
        desk = self.desk
        owner = _owner(session, membership)
        found = dossier_of(session, owner.id or 0, keys=desk.keys)
        if found is None:
            raise NotSubscribed(owner.language)
        labels = {question.key: question.label for each in desk.publications for question in each.questions}
        return {
            "language": owner.language,
            "name": owner.name,
            "address": owner.address,
            "fields": {labels.get(key, key): value for key, value in owner.fields.items()},
            "subscriptions": [
                (desk.named(row["newsletter"]).title, STATUSES[row["status"]], row) for row in found.subscriptions
            ],
            "consents": [(self._title(row), ACTS.get(row["act"], row["act"]), row) for row in found.consents],
            "choosing": desk.tokens.issue_preferences(owner.id or 0, membership.newsletter),
        }

    def _title(self, row: Mapping[str, str]) -> str:
        return self.desk.named(row["newsletter"]).title if row["newsletter"] else ""


class _Moving:
    """A link at the new address, so that nobody is moved to where they do not read."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def ask(self, token: str, lang: str = "") -> Response:
        desk = self.desk
        try:
            change = desk.tokens.read_change(token)
        except BadToken as error:
            return desk.dead_link(error, lang)
        publication = desk.standing(change.membership.newsletter)
        return desk.page("address", publication, desk.own_language(change.membership, lang))

    def move(self, token: str, http: Request, background: BackgroundTasks, lang: str = "") -> Response:
        desk = self.desk
        try:
            change = desk.tokens.read_change(token)
            proof = desk.circumstances(http, "address")
            with desk.open_session() as session:
                outcome, former = change_address(session, change, now=desk.clock(), keys=desk.keys, proof=proof)
                if outcome is Outcome.REFUSED:
                    raise ExpiredToken("this address cannot be taken any more")
                subscriber = _owner(session, as_it_is_now(session, change.membership))
                publication = desk.standing(change.membership.newsletter)
                letter = changed_letter(subscriber, publication.key, former, desk.clock())
                language = subscriber.language
        except BadToken as error:
            return desk.dead_link(error, lang)
        if outcome is Outcome.MOVED:
            background.add_task(desk.post, letter)
        choosing = desk.tokens.issue_preferences(letter.subscriber_id, publication.key)
        return desk.page("moved", publication, language or lang, choosing=choosing)


def _owner(session: Session, membership: Membership) -> Subscriber:
    """Whose link it is. Raises NotSubscribed when nobody is there any more."""
    subscriber = owner_of(session, membership)
    if subscriber is None:
        raise NotSubscribed("")
    return subscriber
