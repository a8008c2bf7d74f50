"""What the page's template is given: everything of one look at the preview, as the address says."""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr

from babel.dates import format_datetime

from digest.catalogues import locale_of
from digest.domain import Recipient
from digest.errors import AskedWrongly, DigestError
from digest.preview.findings import shown_in
from digest.preview.headers import header_fields
from digest.preview.issue import Preview, templates_of, variants_of
from digest.preview.measures import cut_for_lists, measures
from digest.preview.problems import problem_of
from digest.preview.readers import PLAIN, SAMPLES, Reader, reader
from digest.preview.studio import Studio
from digest.templating import themes
from digest.web.preview.choice import Choice
from digest.web.preview.frames import SANDBOX
from digest.web.preview.source import coloured_lines

READERS = {
    "plain": "A Reader",
    "nameless": "Without a name",
    "long": "A very long name",
    "arabic": "ليلى العمري (Arabic)",
    "japanese": "山田 花子 (Japanese)",
    "hostile": '<b>"O\'Neil"</b> (hostile)',
}
Words = dict[str, object]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of an attempt to send a test, in one line."""

    told: str
    failed: bool = False


class Looks:
    """The looks at one studio."""

    def __init__(self, studio: Studio, key: str) -> None:
        self._studio = studio
        self._key = key
        self._attempts: dict[str, Attempt] = {}

    def at(self, choice: Choice) -> tuple[Words, int]:
        """The words of the page and its status: 500 when there is a problem to show instead of a mail."""
        words = self._frame(choice)
        try:
            return words | self._mail(choice), 200
        except DigestError as error:
            config = self._studio.config_file.parent
            problem = problem_of(error, [config, *templates_of(self._studio.workspace)])
            has_good = self._studio.last_good(*self._wanted(choice)) is not None
            return words | {"problem": problem, "has_good": has_good}, 500

    def preview(self, choice: Choice) -> Preview:
        """The preview that is looked at; the last good one when there is none now and ``kept`` is chosen.

        Raises DigestError.
        """
        wanted = self._wanted(choice)
        try:
            return self._studio.show(*wanted)
        except DigestError:
            last = self._studio.last_good(*wanted)
            if choice.kept and last is not None:
                return last
            raise

    def recipient(self, choice: Choice) -> Recipient:
        """Whom the mail is for; a plain reader when the one that is asked for is not known."""
        return self._reader(choice)[0].recipient

    def remember(self, attempt: Attempt) -> str:
        """Keep the attempt for the page that comes next; its name for ``Choice.sent``."""
        name = secrets.token_hex(4)
        self._attempts = {name: attempt}
        return name

    def _frame(self, choice: Choice) -> Words:
        """What is the same whether there is a mail or not."""
        studio = self._studio
        return {
            "newsletter": studio.newsletter,
            "issue_id": studio.issue_id,
            "choice": choice,
            "version": studio.version,
            "key": self._key,
            "readers": READERS,
            "is_sample": choice.reader in SAMPLES,
            "themes": themes(studio.workspace.templates),
            "variants": {tag: _language_name(tag) for tag in variants_of(studio.newsletter)},
            "to": choice.to or parseaddr(studio.newsletter.reply_to or "")[1],
            "attempt": self._attempts.get(choice.sent),
            "notice": self._reader(choice)[1],
            "sandbox": SANDBOX,
            "problem": None,
            "kept": False,
        }

    def _reader(self, choice: Choice) -> tuple[Reader, str]:
        """The reader, and what is to be said when it is another one than was asked for."""
        workspace, newsletter = self._studio.workspace, self._studio.newsletter
        try:
            return reader(workspace, newsletter, choice.reader), ""
        except AskedWrongly as error:
            return reader(workspace, newsletter, PLAIN), f"{error}: the mail is addressed to a sample reader."

    def _wanted(self, choice: Choice) -> tuple[str | None, str | None]:
        """The theme and the variant: that of the reader, unless another is asked for."""
        variant = choice.variant
        if not variant and self._studio.issue_id is None:
            variant = self._reader(choice)[0].variant
        return choice.theme or None, variant or None

    def _mail(self, choice: Choice) -> Words:
        preview, recipient = self.preview(choice), self.recipient(choice)
        findings = self._studio.findings(preview, recipient)
        words: Words = {
            "preview": preview,
            "kept": not self._studio.is_good(*self._wanted(choice)),
            "inbox": self._inbox(preview),
            "measures": measures(preview, recipient),
            "findings": [(each, shown_in(each)) for each in findings],
            "counts": Counter(str(each.severity) for each in findings),
        }
        return words | VIEWS[choice.view](preview, recipient)

    def _inbox(self, preview: Preview) -> Words:
        newsletter, message = preview.issue.newsletter, preview.message
        name, address = parseaddr(newsletter.sender)
        slot = preview.issue.slot.astimezone(newsletter.zone)
        return {
            "sender": name or preview.issue.site.name,
            "address": address,
            "time": f"{slot:%H:%M}",
            "slot": format_datetime(slot, "EEE d MMM y, HH:mm", locale="en"),
            "subject": cut_for_lists(message.subject),
            "preheader": cut_for_lists(message.preheader),
        }


def _language_name(tag: str) -> str:
    return str(locale_of(tag).get_display_name("en"))


def _nothing_more(_: Preview, __: Recipient) -> Words:
    return {}


def _text(preview: Preview, recipient: Recipient) -> Words:
    return {"text": preview.message.text_for(recipient)}


def _headers(preview: Preview, recipient: Recipient) -> Words:
    raw = preview.message.for_recipient(recipient)
    return {"fields": header_fields(raw), "raw": raw.partition(b"\r\n\r\n")[0].decode("ascii", "replace")}


def _source(preview: Preview, recipient: Recipient) -> Words:
    lines = preview.message.for_recipient(recipient).decode("ascii", "replace").split("\r\n")
    return {"lines": [[("", line)] for line in lines]}


def _html(preview: Preview, recipient: Recipient) -> Words:
    return {"lines": coloured_lines(preview.message.html_for(recipient))}


def _why(preview: Preview, _: Recipient) -> Words:
    return {"decisions": preview.draft.decisions}


VIEWS: Mapping[str, Callable[[Preview, Recipient], Words]] = {
    "mail": _nothing_more,
    "text": _text,
    "headers": _headers,
    "source": _source,
    "html": _html,
    "lint": _nothing_more,
    "why": _why,
}
