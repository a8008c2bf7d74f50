"""The letters a subscriber gets from us besides issues: confirm, welcome, already subscribed; and of their own data.

Their words stand in ``templates/mail``: a text part whose first line is the subject, and an HTML part.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from subscribers.languages import Languages
from subscribers.publication import House, Latest, Publication
from subscribers.tokens import Change, Membership, Tokens

Render = Callable[[str, Mapping[str, object]], str]


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person. ``newsletter`` is the key of the newsletter it speaks of, for the sender's name.

    ``unsubscribe_url``, when there is one, belongs into List-Unsubscribe.
    """

    to_address: str
    to_name: str
    subject: str
    text: str
    html: str
    newsletter: str = ""
    unsubscribe_url: str = ""


SendMail = Callable[[Mail], None]


class Kind(StrEnum):
    """Which letter; the name of its templates."""

    CONFIRM = "confirm"
    WELCOME = "welcome"
    ALREADY = "already"
    PERSONAL = "personal"  # the way to all that is stored of the reader
    CHANGE = "change"  # to a new address: shall it be theirs?
    CHANGED = "changed"  # to the address until then


WITH_LINKS_OF_AN_ISSUE = (Kind.WELCOME, Kind.ALREADY)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that is owed to a subscriber, before it is put into words. ``at`` is what caused it.

    ``language`` is the subscriber's own, or empty. ``also`` are the other newsletters that it is about. ``former`` is a
    fingerprint of the address that a change takes the place of.
    """

    kind: Kind
    subscriber_id: int
    newsletter: str
    address: str
    name: str
    at: datetime
    language: str = ""
    also: tuple[str, ...] = ()
    former: str = ""

    @property
    def newsletters(self) -> tuple[str, ...]:
        """All newsletters that it is about, the one in whose name it is written first."""
        return (self.newsletter, *self.also)


@dataclass(frozen=True, slots=True)
class Letters:
    """Puts letters into words."""

    house: House
    tokens: Tokens
    render: Render
    languages: Languages

    def write(self, letter: Letter, publications: Sequence[Publication], latest: Latest | None = None) -> Mail:
        """The mail for a letter, in its reader's language.

        ``publications`` are those of its newsletters; ``latest`` is an issue for whoever waits for the next one.
        """
        publication = publications[0]
        leaving = self._leaving(letter)
        words = {
            "house": self.house,
            "newsletter": publication,
            "titles": [each.title for each in publications],
            "latest": latest,
            "language": self.languages.choose(letter.language, publication.language),
            "name": letter.name,
            "at": letter.at,
            "confirm_url": self._confirming(letter),
            "personal_url": self._showing(letter),
            "change_url": self._changing(letter),
            "preferences_url": self._choosing(letter),
            "unsubscribe_url": leaving,
        }
        heading, _, text = self.render(f"mail/{letter.kind}.txt.j2", words).lstrip().partition("\n")
        return Mail(
            to_address=letter.address,
            # Until its owner has confirmed, the name may be anyone's words: it goes nowhere near the mail.
            to_name=letter.name if letter.kind is Kind.WELCOME else "",
            subject=" ".join(heading.split()),
            text=text.strip() + "\n",
            html=self.render(f"mail/{letter.kind}.html.j2", words),
            newsletter=publication.key,
            unsubscribe_url=leaving,
        )

    def _confirming(self, letter: Letter) -> str:
        if letter.kind is not Kind.CONFIRM:
            return ""
        return f"{self.house.public_url}/confirm/{self.tokens.issue_confirm(letter.subscriber_id, *letter.newsletters)}"

    def _showing(self, letter: Letter) -> str:
        if letter.kind is not Kind.PERSONAL:
            return ""
        return f"{self.house.public_url}/me/{self.tokens.issue_personal(letter.subscriber_id, letter.newsletter)}"

    def _changing(self, letter: Letter) -> str:
        if letter.kind is not Kind.CHANGE:
            return ""
        change = Change(Membership(letter.subscriber_id, letter.newsletter), letter.former, letter.address)
        return f"{self.house.public_url}/address/{self.tokens.issue_change(change)}"

    def _leaving(self, letter: Letter) -> str:
        if letter.kind not in WITH_LINKS_OF_AN_ISSUE:
            return ""
        token = self.tokens.issue_unsubscribe(letter.subscriber_id, letter.newsletter)
        return f"{self.house.public_url}/unsubscribe/{token}"

    def _choosing(self, letter: Letter) -> str:
        if letter.kind not in WITH_LINKS_OF_AN_ISSUE:
            return ""
        token = self.tokens.issue_preferences(letter.subscriber_id, letter.newsletter)
        return f"{self.house.public_url}/preferences/{token}"
