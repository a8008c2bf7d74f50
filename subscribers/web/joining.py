"""From the prompt to the confirmed subscription."""

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import Response

from subscribers.addresses import BadAddress, normalise_address
from subscribers.publication import Publication
from subscribers.signup import Wish, confirm, request
from subscribers.tokens import BadToken
from subscribers.web.desk import LOOK, Desk, Field


def joining_routes(router: APIRouter, desk: Desk) -> None:
    """Add the routes under ``/subscribe`` and ``/confirm``."""
    pages = _Joining(desk)
    router.add_api_route("/subscribe/{newsletter}", pages.prompt, methods=LOOK)
    router.add_api_route("/subscribe", pages.take_wish, methods=["POST"])
    router.add_api_route("/confirm/{token}", pages.ask_to_confirm, methods=LOOK)
    router.add_api_route("/confirm/{token}", pages.confirm, methods=["POST"])


class _Joining:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def prompt(self, newsletter: str, lang: str = "") -> Response:
        try:
            return self._prompt(self.desk.publication(newsletter), lang)
        except BadToken as error:
            return self.desk.dead_link(error, lang)

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
        desk = self.desk
        try:
            publication = desk.publication(newsletter)
            address = normalise_address(email)
        except BadAddress as error:
            return self._prompt(publication, lang, 422, error=error.sentence, email=email, name=name)
        except BadToken as error:
            return desk.dead_link(error, lang)
        # No person sees the field "website", so whoever fills it is a robot, and must not learn that we know.
        if not website:
            language = desk.languages.choose(lang, publication.language)
            wish = Wish(address, publication.key, name, language)
            with desk.open_session() as session:
                letter = request(session, wish, now=desk.clock(), keys=desk.keys)
            if letter:
                # Sent after the answer: how long the answer takes must not tell whether there was a letter.
                background.add_task(desk.post, letter, desk.proof(http, publication, language, "signup"))
        return desk.page("check", publication, lang, email=address)

    def ask_to_confirm(self, token: str, lang: str = "") -> Response:
        desk = self.desk
        try:
            membership = desk.tokens.read_confirm(token)
            return desk.page("confirm", desk.publication(membership.newsletter), desk.own_language(membership, lang))
        except BadToken as error:
            return desk.dead_link(error, lang)

    def confirm(self, token: str, http: Request, background: BackgroundTasks, lang: str = "") -> Response:
        desk = self.desk
        try:
            membership = desk.tokens.read_confirm(token)
            publication = desk.publication(membership.newsletter)
            wanted = desk.own_language(membership, lang)
            proof = desk.proof(http, publication, wanted, "confirmation")
            with desk.open_session() as session:
                welcome = confirm(session, membership, now=desk.clock(), proof=proof, keys=desk.keys)
        except BadToken as error:
            return desk.dead_link(error, lang)
        if welcome:
            background.add_task(desk.post, welcome)
        return desk.page("confirmed", publication, wanted)

    def _prompt(self, publication: Publication, lang: str, status: int = 200, **words: str) -> Response:
        offered = self.desk.offered(publication)
        return self.desk.page("subscribe", publication, lang, status, offered=offered, **words)
