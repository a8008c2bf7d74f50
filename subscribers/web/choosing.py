"""What readers choose for themselves."""

from fastapi import APIRouter
from fastapi.responses import Response

from subscribers.preferences import choose_language, is_active, language_of
from subscribers.publication import Publication
from subscribers.tokens import BadToken, Membership
from subscribers.web.desk import LOOK, Desk, Field, NotSubscribed


def choosing_routes(router: APIRouter, desk: Desk) -> None:
    """Add the routes under ``/preferences``."""
    pages = _Choosing(desk)
    router.add_api_route("/preferences/{token}", pages.ask, methods=LOOK)
    router.add_api_route("/preferences/{token}", pages.choose, methods=["POST"])


class _Choosing:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def ask(self, token: str, lang: str = "") -> Response:
        try:
            membership, publication = self._chooser(token)
        except BadToken as error:
            return self.desk.dead_link(error, lang)
        return self._choices(membership, publication, self.desk.own_language(membership, lang))

    def choose(self, token: str, language: Field = "", lang: str = "") -> Response:
        desk = self.desk
        try:
            membership, publication = self._chooser(token)
        except BadToken as error:
            return desk.dead_link(error, lang)
        if language not in desk.offered(publication):
            return self._choices(membership, publication, desk.own_language(membership, lang))
        with desk.open_session() as session:
            choose_language(session, membership.subscriber_id, language)
        return self._choices(membership, publication, language, saved=True)

    def _choices(
        self, membership: Membership, publication: Publication, wanted: str, *, saved: bool = False
    ) -> Response:
        """The choices of whoever holds the link: never a name or an address, for mails are forwarded."""
        desk = self.desk
        leaving = desk.tokens.issue_unsubscribe(membership.subscriber_id, membership.newsletter)
        offered = desk.offered(publication)
        return desk.page("preferences", publication, wanted, offered=offered, saved=saved, leaving=leaving)

    def _chooser(self, token: str) -> tuple[Membership, Publication]:
        """Whose choices the token opens. Raises BadToken, or NotSubscribed when there is nothing left to choose."""
        membership = self.desk.tokens.read_preferences(token)
        with self.desk.open_session() as session:
            if not is_active(session, membership):
                raise NotSubscribed(language_of(session, membership.subscriber_id))
        return membership, self.desk.publication(membership.newsletter)
