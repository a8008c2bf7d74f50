"""A folder with an issue that is about to leave: real tables, a real configuration, an invented text of any size."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from crowd import analyze, enrol
from sqlalchemy import Connection, create_engine, func, select, text
from sqlmodel import Session, col

from digest.compose import Rendered, compile_message, marks
from digest.configuring import read_config
from digest.deliver import filling
from digest.domain import Recipient
from digest.store.engine import open_database
from digest.store.models import DeliveryRow, DeliveryState, IssueRow, IssueState, VariantRow
from subscribers.audience import audience

NEWSLETTER, DOMAIN, PUBLIC_URL = "daily", "example.com", "https://news.example.com"
SUBJECT, PREHEADER = "The harbour opens on Monday", "And what else the week brings"
LINKS = 15
WORDS = "the harbour opens its gates on Monday and a council of nine will ask what ferries cost in winter".split()
CONFIG = f"""[site]
name = "The Harbour Post"
url = "https://www.{DOMAIN}"
postal_address = "1 Quay Street, Port Almara"

[newsletters.{NEWSLETTER}]
title = "The Harbour Post Daily"
schedule = "0 7 * * *"
sender = "The Harbour Post <daily@{DOMAIN}>"

[sources.news]
url = "https://www.{DOMAIN}/feed.xml"

"""
SECRET = "a key for this benchmark only"


@dataclass(frozen=True, slots=True)
class Press:
    """A prepared database, which every run copies. ``url`` is its own; ``text`` and ``html`` hold the marks."""

    folder: Path
    url: str
    slot: datetime
    text: str
    html: str

    @contextmanager
    def run(self, smtp_url: str, *, tables: str = "", readers: int | None = None) -> Iterator["Run"]:
        """A folder ready for one sending. ``tables`` are added to digest.toml; ``readers`` is how many stay queued."""
        folder = self.folder / "run"
        folder.mkdir()
        (folder / "digest.toml").write_text(CONFIG + tables)
        with _copied(self.url, folder) as url:
            (folder / ".env").write_text(
                f"DIGEST_SECRET_KEY={SECRET}\nDIGEST_DATABASE_URL={url}\n"
                f"DIGEST_SMTP_URL={smtp_url}\nDIGEST_PUBLIC_URL={PUBLIC_URL}\n"
            )
            run = Run(folder, url)
            if readers is not None:
                run.keep(readers)
            yield run
        shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class Run:
    """One sending's own folder and database."""

    folder: Path
    url: str

    def keep(self, readers: int) -> None:
        """Leave only the first of the deliveries queued."""
        with _connected(self.url) as connection:
            connection.execute(text("DELETE FROM delivery WHERE id > :last"), {"last": readers})
            connection.execute(text("UPDATE issue SET audience = :readers"), {"readers": readers})

    def sent(self) -> int:
        """How many deliveries the mail server took, as the database has it."""
        with _connected(self.url) as connection:
            taken = select(func.count()).where(col(DeliveryRow.state) == DeliveryState.SENT)
            return connection.scalar(taken) or 0


def prepare(folder: Path, url: str, readers: int, size: int) -> Press:
    """Queue an issue, whose messages have ``size`` bytes, for that many readers in the empty database at ``url``."""
    (folder / "digest.toml").write_text(CONFIG)
    now = datetime.now(UTC).replace(microsecond=0)
    plain, length = _plain(), 0
    for _ in range(3):  # what is in the message besides, and what its encoding adds
        html = _page(length)
        length += size - _length(folder, html, plain, now)
    engine = open_database(url)
    enrol(engine, readers, now)
    with Session(engine) as session:
        issue = IssueRow(
            newsletter=NEWSLETTER,
            slot=now,
            number=1,
            state=IssueState.SENDING,
            subject=SUBJECT,
            preheader=PREHEADER,
            created_at=now,
            drafted_at=now,
            sending_at=now,
            expires_at=now + timedelta(days=2),
        )
        session.add(issue)
        session.flush()
        variant = VariantRow(issue_id=issue.id or 0, language="en", html=html, text=plain)
        session.add(variant)
        session.flush()
        filling.fill(session, issue.id or 0, variant.id or 0, audience(NEWSLETTER, now))
        session.commit()
    analyze(engine)
    engine.dispose()
    return Press(folder, url, now, plain, html)


def _length(folder: Path, html: str, plain: str, now: datetime) -> int:
    config = read_config(folder / "digest.toml")
    rendered = Rendered(SUBJECT, PREHEADER, html, plain, "en")
    message = compile_message(
        rendered,
        newsletter=config.newsletter(NEWSLETTER),
        site=config.site,
        number=1,
        public_url=PUBLIC_URL,
        date=now,
    )
    token = f"123456.{NEWSLETTER}." + 43 * "x"
    return len(
        message.for_recipient(
            Recipient(
                address="reader123456@example.com",
                name="Reader 123456",
                token=token,
                message_id=f"<{NEWSLETTER}.1.123456@{DOMAIN}>",
                preferences_token=token,
            )
        )
    )


def _page(length: int) -> str:
    """A page with a name, an address and the personal links, and about ``length`` bytes of stories between them."""
    dice, stories = Random(1), []
    share = max(length, 0) // LINKS
    for number in range(LINKS):
        url = (marks.UNSUBSCRIBE_URL, marks.PREFERENCES_URL)[number % 2]
        story = ""
        while len(story) * 77 // 75 < share:  # with soft line breaks
            story += dice.choice(WORDS) + " "
        stories.append(f'<p class="story">{story}</p>\n<p><a href="{url}">Choose what you read</a></p>\n')
    hello = f"<p>Good morning, {marks.NAME}. This went to {marks.ADDRESS}.</p>\n"
    head = '<head><meta charset="utf-8"><title>The Harbour Post</title></head>\n'
    return f'<!doctype html>\n<html lang="en">\n{head}<body>\n{hello}{"".join(stories)}</body>\n</html>\n'


def _plain() -> str:
    return (
        f"Good morning, {marks.NAME}. The harbour opens on Monday.\n\n"
        f"Choose what you read: {marks.PREFERENCES_URL}\nUnsubscribe: {marks.UNSUBSCRIBE_URL}\n"
    )


@contextmanager
def _copied(url: str, folder: Path) -> Iterator[str]:
    """The URL of a copy of the database, which is gone afterwards."""
    if url.startswith("sqlite"):
        shutil.copyfile(url.removeprefix("sqlite:///"), folder / "digest.db")
        yield f"sqlite:///{folder}/digest.db"
        return
    server = create_engine(url.replace("/bench?", "/postgres?"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE run TEMPLATE bench"))
    try:
        yield url.replace("/bench?", "/run?").replace("+psycopg", "")
    finally:
        with server.connect() as connection:
            connection.execute(text("DROP DATABASE run WITH (FORCE)"))
        server.dispose()


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()
