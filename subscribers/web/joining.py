"""From the prompt to the confirmed subscription."""

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import FormData

from subscribers.addresses import display_address
from subscribers.publication import Publication
from subscribers.reception import Answer, Application, State
from subscribers.signup import confirm, request_again
from subscribers.tokens import BadToken, Confirmation, ExpiredToken
from subscribers.web.desk import LOOK, Desk, host_of

MOST_FIELDS = 200
MOMENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def joining_routes(router: APIRouter, desk: Desk) -> None:
    """Add the routes under ``/subscribe`` and ``/confirm``."""
    pages = _Joining(desk)
    router.add_api_route("/subscribe/{newsletter}", pages.prompt, methods=LOOK)
    router.add_api_route("/subscribe", pages.receive, methods=["POST"])
    router.add_api_route("/confirm/{token}", pages.ask_to_confirm, methods=LOOK)
    router.add_api_route("/confirm/{token}", pages.confirm, methods=["POST"])
    router.add_api_route("/confirm/{token}/again", pages.ask_again, methods=["POST"])


def application_of(form: FormData, host: str) -> Application:
    """What a form of ours sent: any of it may be missing, or come several times."""
    texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    one = dict(reversed(texts))
    return Application(
        newsletters=tuple(dict.fromkeys(value for name, value in texts if name == "newsletter")),
        email=one.get("email", ""),
        name=one.get("name", ""),
        language=one.get("lang", ""),
        page=one.get("page", ""),
        fields={name.removeprefix("field."): value for name, value in one.items() if name.startswith("field.")},
        form=one.get("form", ""),
        proof=one.get("proof", ""),
        website=one.get("website", ""),
        host=host,
    )


class _Joining:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def prompt(self, newsletter: str, lang: str = "") -> Response:
        try:
            return self._prompt(self.desk.publication(newsletter), lang)
        except BadToken as error:
            return self.desk.dead_link(error, lang)

    async def receive(self, http: Request, background: BackgroundTasks) -> Response:
        async with http.form(max_fields=MOST_FIELDS, max_files=0) as form:
            sent = application_of(form, host_of(http))
        return await run_in_threadpool(self._receive, sent, http, background)

    def _receive(self, sent: Application, http: Request, background: BackgroundTasks) -> Response:
        desk = self.desk
        try:
            wanted = [desk.publication(newsletter) for newsletter in sent.newsletters]
        except BadToken as error:
            return desk.dead_link(error, sent.language)
        first = wanted[0] if wanted else None
        language = desk.languages.choose(sent.language, first.language if first else desk.house.language)
        answer = desk.reception.receive(sent, wanted, language, desk.clock())
        if first is None:
            return desk.dead_link(BadToken("no newsletter was chosen"), sent.language)
        if answer.letter:
            # Sent after the answer: how long the answer takes must not tell whether there was a letter.
            background.add_task(desk.post, answer.letter, desk.proof(http, first, language, "signup", sent.page))
        return self._told(answer, sent, first)

    def _told(self, answer: Answer, sent: Application, first: Publication) -> Response:
        desk = self.desk
        if answer.state is State.MISTAKEN:
            return self._prompt(first, sent.language, 422, sent, answer)
        if answer.state is State.SLOW:
            page = desk.page("slow", first, sent.language, 429)
            page.headers["Retry-After"] = str(answer.seconds)
            return page
        if answer.state is State.PROVE:
            return self._moment(sent, first)
        return desk.page("check", first, sent.language, email=display_address(sent.email))

    def _moment(self, sent: Application, first: Publication) -> Response:
        """The page that lets the browser work for a moment, or whoever runs no scripts wait for one."""
        reception = self.desk.reception
        now = self.desk.clock()
        words = {"sent": sent, "form": reception.forms.sign_moment(), "challenge": reception.works.challenge(now)}
        page = self.desk.page("moment", first, sent.language, 428, **words)
        page.headers["Content-Security-Policy"] = MOMENT_POLICY
        return page

    def ask_to_confirm(self, token: str, lang: str = "") -> Response:
        desk = self.desk
        try:
            confirmation = desk.tokens.read_confirm(token)
            wanted = self._wanted(confirmation)
            language = desk.language_for(confirmation.subscriber_id, lang)
        except BadToken as error:
            return self._dead(error, token, lang)
        return desk.page("confirm", wanted[0], language, titles=[each.title for each in wanted])

    def confirm(self, token: str, http: Request, background: BackgroundTasks, lang: str = "") -> Response:
        desk = self.desk
        try:
            confirmation = desk.tokens.read_confirm(token)
            wanted = self._wanted(confirmation)
            language = desk.language_for(confirmation.subscriber_id, lang)
            proof = desk.proof(http, wanted[0], language, "confirmation")
            with desk.open_session() as session:
                welcome = confirm(session, confirmation, now=desk.clock(), proof=proof, keys=desk.keys)
        except BadToken as error:
            return self._dead(error, token, lang)
        if welcome:
            background.add_task(desk.post, welcome)
        return desk.page("confirmed", wanted[0], language, titles=[each.title for each in wanted])

    def ask_again(self, token: str, http: Request, background: BackgroundTasks, lang: str = "") -> Response:
        desk = self.desk
        try:
            confirmation = desk.tokens.read_confirm(token, expired=True)
            wanted = self._wanted(confirmation)
            language = desk.language_for(confirmation.subscriber_id, lang)
            with desk.open_session() as session:
                letter = request_again(session, confirmation, now=desk.clock(), keys=desk.keys)
        except BadToken as error:
            return desk.dead_link(error, lang)
        if letter:
            background.add_task(desk.post, letter, desk.proof(http, wanted[0], language, "again"))
        return desk.page("check", wanted[0], language, email="")

    def _wanted(self, confirmation: Confirmation) -> list[Publication]:
        """The newsletters to confirm, those that are still published. Raises NoSuchNewsletter when none is."""
        published = {publication.key: publication for publication in self.desk.publications}
        wanted = [published[newsletter] for newsletter in confirmation.newsletters if newsletter in published]
        return wanted or [self.desk.publication(confirmation.newsletters[0])]

    def _dead(self, error: BadToken, token: str, lang: str) -> Response:
        """The page for a link that opens nothing any more: who has it may ask for a new one."""
        if not isinstance(error, ExpiredToken):
            return self.desk.dead_link(error, lang)
        return self.desk.page("expired", None, lang, 410, again=f"/confirm/{token}/again")

    def _prompt(
        self,
        publication: Publication,
        lang: str,
        status: int = 200,
        sent: Application | None = None,
        answer: Answer | None = None,
    ) -> Response:
        desk = self.desk
        words = {
            "offered": desk.offered(publication),
            "publications": desk.publications,
            "email": sent.email if sent else "",
            "name": sent.name if sent else "",
            "chosen": sent.newsletters if sent else (publication.key,),
            "given": sent.fields if sent else {},
            "error": answer.sentence if answer else "",
            "mistaken": answer.field if answer else "",
            "form": desk.reception.forms.sign(),
            "latest": desk.latest(publication.key) if publication.is_public else None,
        }
        return desk.page("subscribe", publication, lang, status, **words)
