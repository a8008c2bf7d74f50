"""To whom a preview is addressed: readers made up to try a theme with, or a subscriber.

None of them has a token that works: whoever presses a preview's unsubscribe link leaves nothing.
"""

from dataclasses import dataclass

from sqlmodel import Session, select

from digest.catalogues import language_for
from digest.domain import Recipient
from digest.errors import AskedWrongly
from digest.newsletters import Newsletter
from digest.workspace import Workspace
from subscribers.addresses import BadAddress, normalise_address
from subscribers.models import Subscriber

NO_TOKEN = "preview"  # noqa: S105  # unsigned: it opens nothing
PLAIN = "plain"
SAMPLES = {
    PLAIN: ("A Reader", "reader@example.com"),
    "nameless": ("", "reader@example.com"),
    "long": (
        "Maximiliana Wilhelmina Alexandrina Featherstonehaugh-Cholmondeley of Saint-Germain-des-Prés",
        "maximiliana.wilhelmina.featherstonehaugh-cholmondeley@correspondence.department.example.com",
    ),
    "arabic": ("ليلى العمري", "layla@example.com"),
    "japanese": ("山田 花子", "hanako@例え.example"),
    "hostile": ('<b>"O\'Neil"</b> &amp; {{ 7*7 }}', '"o\'neil<b>"@example.com'),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody to show a mail to; ``variant`` is the one that they would get."""

    recipient: Recipient
    variant: str


def sample_recipient(newsletter: Newsletter, sample: str = PLAIN) -> Recipient:
    """Somebody for a preview to be addressed to; ``sample`` is a key of SAMPLES."""
    name, address = SAMPLES[sample]
    return _recipient(newsletter, address, name)


def reader(workspace: Workspace, newsletter: Newsletter, who: str) -> Reader:
    """The sample reader of that key, or the subscriber of that address, looked up and left alone.

    Raises AskedWrongly when it is neither.
    """
    if who in SAMPLES:
        return Reader(sample_recipient(newsletter, who), newsletter.language)
    address = read_address(who)
    with Session(workspace.engine) as session:
        found = session.exec(select(Subscriber).where(Subscriber.address == address)).one_or_none()
        if found is None:
            raise AskedWrongly(f"{address} is not among the subscribers")
        language = language_for(found.language, newsletter.language)
        return Reader(_recipient(newsletter, found.address, found.name), language)


def read_address(text: str) -> str:
    """The mail address that somebody typed. Raises AskedWrongly, saying what is wrong with it."""
    try:
        return normalise_address(text)
    except BadAddress as error:
        raise AskedWrongly(f"{text.strip() or 'nobody'}: {error}") from None


def _recipient(newsletter: Newsletter, address: str, name: str) -> Recipient:
    message_id = f"<{newsletter.key}.preview@{newsletter.sender_domain}>"
    return Recipient(address, name, NO_TOKEN, message_id, preferences_token=NO_TOKEN)
