"""Receives whoever wants to join: what is wrong with it, whether it may go on, which letter it causes.

No HTTP here: the pages and the interface for scripts give what they were sent, and put the answer into their own words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from sqlmodel import Session

from subscribers.addresses import BadAddress, normalise_address
from subscribers.domains import is_disposable, takes_mail
from subscribers.forms import Forms
from subscribers.gate import Gate
from subscribers.languages import N_
from subscribers.mail import Letter
from subscribers.meters import Meters
from subscribers.names import clean_name
from subscribers.publication import Publication, Question
from subscribers.rules import Rules
from subscribers.signup import Wish, request
from subscribers.work import Works

DISPOSABLE = N_("Please use an address that will still be yours next month.")
NO_MAIL = N_("This address cannot receive mail. Is there a typing error in it?")
CHOOSE_ONE = N_("Please choose one of the answers.")
LONGEST_ANSWER = 200
LONGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class Application:
    """What was sent, as it was sent: nothing of it can be relied on, but for ``host``, the sender's IP address.

    ``form`` says when the form was drawn, ``proof`` is its proof of work. No person sees the field ``website``.
    """

    newsletters: Sequence[str]
    email: str
    name: str = ""
    language: str = ""
    page: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    form: str = ""
    proof: str = ""
    website: str = ""
    host: str = ""


class State(StrEnum):
    """What became of an application."""

    CHECK = "check"  # the reader's inbox tells the rest
    MISTAKEN = "mistaken"
    PROVE = "prove"  # it has to bring a proof of work
    SLOW = "slow"  # too many came
    UNKNOWN = "unknown"  # there is no such newsletter


@dataclass(frozen=True, slots=True)
class Answer:
    """What to tell the sender.

    A mistaken one says in which ``field`` and, in a ``sentence`` that the catalogues know, what is wrong. ``seconds``
    is how long to wait. ``letter`` is owed to the reader.
    """

    state: State
    field: str = ""
    sentence: str = ""
    seconds: int = 0
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Reception:
    """Receives applications. ``keys`` are the secret keys, newest first."""

    open_session: Callable[[], Session]
    keys: tuple[str, ...]
    rules: Rules
    meters: Meters
    gate: Gate = field(init=False)
    forms: Forms = field(init=False)
    works: Works = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gate", Gate(self.rules))
        object.__setattr__(self, "forms", Forms(self.keys))
        object.__setattr__(self, "works", Works(self.keys))

    def receive(self, sent: Application, wanted: Sequence[Publication], language: str, now: datetime) -> Answer:
        """Take an application for the newsletters ``wanted``; what it causes is written down.

        ``language`` (a BCP 47 tag) is what the reader is written to in.
        """
        answer = self._receive(sent, wanted, language, now)
        self.meters.signups.labels(answer.state).inc()
        return answer

    def _receive(self, sent: Application, wanted: Sequence[Publication], language: str, now: datetime) -> Answer:
        if not wanted:
            return Answer(State.UNKNOWN)
        if sent.website:  # it must not learn that we know
            return Answer(State.CHECK)
        try:
            address, fields = normalise_address(sent.email), answers_to(wanted[0].questions, sent.fields)
        except BadAddress as error:
            return Answer(State.MISTAKEN, "email", error.sentence)
        except BadField as error:
            return Answer(State.MISTAKEN, f"field.{error.key}", CHOOSE_ONE)
        held = self._held_back(sent, now)
        if held:
            return held
        flag, objection = self._looked_at(address)
        if objection:
            return Answer(State.MISTAKEN, "email", objection)
        keys = tuple(publication.key for publication in wanted)
        wish = Wish(address, keys, clean_name(sent.name), language, page_of(sent.page), fields, flag)
        with self.open_session() as session:
            letter = request(session, wish, now=now, keys=self.keys)
        return Answer(State.CHECK, letter=letter)

    def _held_back(self, sent: Application, now: datetime) -> Answer | None:
        admission = self.gate.admit(sent.host, self.forms.drawn(sent.form, now))
        self.meters.pressure.set(self.gate.is_under_pressure)
        if admission.seconds:
            return Answer(State.SLOW, seconds=admission.seconds)
        if not admission.proof or self.works.accept(sent.proof, now):
            return None
        waited = self.forms.was_patient(sent.form, now) and self.gate.admit_patient(sent.host)
        return None if waited else Answer(State.PROVE)

    def _looked_at(self, address: str) -> tuple[str, str]:
        """What to remember of the address, and what is said against it."""
        disposable = self.rules.disposable != "allow" and is_disposable(address)
        if disposable and self.rules.disposable == "refuse":
            return "", DISPOSABLE
        if self.rules.check_mx and not takes_mail(address):
            return "", NO_MAIL
        return ("disposable" if disposable else ""), ""


class BadField(ValueError):
    """An answer is none of those that there are. ``key`` is the question's."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def answers_to(questions: Sequence[Question], given: Mapping[str, str]) -> dict[str, str]:
    """What was answered, by the questions' keys, in one line each; what was not asked is left out.

    Raises BadField for an answer that is none of the question's options.
    """
    found: dict[str, str] = {}
    for question in questions:
        answer = clean_name(given.get(question.key, ""), LONGEST_ANSWER)
        if answer and question.options and answer not in question.options:
            raise BadField(question.key)
        if answer:
            found[question.key] = answer
    return found


def page_of(address: str) -> str:
    """The address of the page that a form stood on, as far as it can be one: without its fragment, bounded."""
    address = address.strip()[:LONGEST_PAGE]
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc or not address.isprintable():
        return ""
    return parts._replace(fragment="").geturl()
