"""The demo: the real job on a sample newsroom, with a real mail server, all on the loopback.

Only what stands at the two ends is ours: the newsroom that is read, and the mailbox that is sent to.
"""

import asyncio
import secrets
import shutil
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import SecretStr
from sqlmodel import Session

from digest.configuring import read_config
from digest.demo.config import write_config
from digest.demo.mailbox import Mailbox
from digest.demo.newsroom import SLIDING, Newsroom, Prompts
from digest.demo.samples import copy_articles, subscribers_csv
from digest.errors import AskedWrongly, DigestError
from digest.feedback import leave_by_mail
from digest.messages import compiled_messages
from digest.preview import sample_recipient
from digest.publish import Report, publish
from digest.serving import serve
from digest.settings import MORE_SMTP_URLS, Settings
from digest.store.engine import open_database
from digest.store.models import IssueState
from digest.web.app import house_of
from digest.web.embed import Place, Wanted, snippet
from digest.web.inbox import inbox_router
from digest.web.pages import ReadersLanguages, page_renderer
from digest.workspace import Workspace
from subscribers.exchange import import_csv
from subscribers.publication import House, Publication
from subscribers.tokens import Tokens

NEWSLETTER = "daily"
LEAVE = "leave@harbourpost.example.com"
ACCENT, PAPER = "#1f4e5f", "#efeae0"
MARK = "# The demo's"
LEAVINGS = ("digest.toml", ".env", "digest.db", "digest.db-wal", "digest.db-shm", "issue.html", "issue.txt")
LEFT_FOLDERS = ("mail", "articles")


class Demo:
    """A folder with a newsletter of its own, between a running newsroom and a running mail server.

    Use as a context manager. Raises AskedWrongly when ``folder`` holds something else than a demo.
    """

    def __init__(self, folder: Path | None, port: int) -> None:
        self._stack = ExitStack()
        self._given = folder
        self._port = port

    def __enter__(self) -> "Demo":
        with ExitStack() as stack:
            self.folder = _clean(self._given) if self._given else Path(stack.enter_context(_temporary()))
            port = _free_port(self._port)
            self.address = f"http://127.0.0.1:{port}"
            mailbox = stack.enter_context(Mailbox(self.folder / "mail", pipes={LEAVE: self._leave}))
            newsroom = stack.enter_context(Newsroom(prompts=_prompts(self.address)))
            self._newsroom = newsroom.url
            copy_articles(self.folder / "articles")
            write_config(self.folder / "digest.toml", newsroom.url)
            settings = _settings(mailbox.url, self.address, port)
            _write_settings(self.folder / ".env", settings)
            self.workspace = _open(self.folder, settings)
            stack.callback(self.workspace.engine.dispose)
            _enrol(self.workspace)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def publish(self) -> Report:
        """Publish the issue of this minute, and leave its two parts beside the configuration."""
        newsletter = self.workspace.config.newsletter(NEWSLETTER)
        slot = self.workspace.clock().replace(second=0, microsecond=0)
        report = asyncio.run(publish(self.workspace, newsletter, slot))
        left = report.balance is not None and report.balance.only_for_later
        if report.issue.state != IssueState.SENT and not left:
            raise DigestError(f"the demo's issue is {report.issue.state}: {report.note or report.issue.reason}")
        message = next(iter(compiled_messages(self.workspace, newsletter, report.issue).values()))
        reader = sample_recipient(newsletter)
        (self.folder / "issue.html").write_text(message.html_for(reader), encoding="utf-8")
        (self.folder / "issue.txt").write_text(message.text_for(reader), encoding="utf-8")
        return report

    @property
    def places(self) -> dict[str, str]:
        """What there is to be looked at, and its address."""
        newsroom, ours = self._newsroom, self.address
        return {
            "the prompt, in a page": f"{newsroom}/post/night-tram",
            "the prompt, sliding in": f"{newsroom}{SLIDING}",
            "the prompt’s own page": f"{ours}/subscribe/{NEWSLETTER}",
            "the archive": f"{ours}/archive/{NEWSLETTER}",
            "the inbox": f"{ours}/inbox",
        }

    def _leave(self, mail: bytes) -> None:
        workspace = self.workspace
        with Session(workspace.engine) as session:
            leave_by_mail(session, mail, Tokens(workspace.settings.keys), now=workspace.clock())

    def serve(self) -> None:
        """Serve the prompt, the archive and the inbox until stopped."""
        house = house_of(self.workspace.config, self.workspace.settings)
        serve(self.workspace, [inbox_router(self.folder / "mail", house)])


def _temporary() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="digest-demo-")


def _clean(folder: Path) -> Path:
    """The folder, made or emptied of an earlier demo; anything else in it is left alone and refused."""
    config = folder / "digest.toml"
    earlier = config.is_file() and config.read_text(encoding="utf-8", errors="replace").startswith(MARK)
    if folder.exists() and not folder.is_dir():
        raise AskedWrongly(f"--dir: {folder} is not a folder")
    if folder.is_dir() and any(folder.iterdir()) and not earlier:
        raise AskedWrongly(f"--dir: {folder} is not empty; name a new folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in LEAVINGS:
            (folder / name).unlink(missing_ok=True)
        for name in LEFT_FOLDERS:
            shutil.rmtree(folder / name, ignore_errors=True)
        (folder / "mail").mkdir()
    except OSError as error:
        raise DigestError(f"--dir: {folder} cannot be written to: {error.strerror}") from error
    return folder.resolve()


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DigestError("no port of this machine is free")


def _prompts(address: str) -> Prompts:
    """What `digest embed daily` prints, for pages of the newsroom: another origin than that of the prompt."""
    publications, house = [Publication(NEWSLETTER, NEWSLETTER)], House("The Harbour Post", "", address)

    def html(place: Place) -> str:
        wanted = Wanted(place, article=".entry-content", accent=ACCENT, paper=PAPER)
        return snippet(publications, house, page_renderer(), ReadersLanguages(), wanted)

    return Prompts(html(Place.INLINE), html(Place.SLIDE_IN))


def _settings(smtp_url: str, address: str, port: int) -> Settings:
    # Said outright, so that an operator's own environment can send nothing of the demo into the world.
    no_others: Any = dict.fromkeys(MORE_SMTP_URLS, SecretStr(""))
    return Settings(
        secret_key=(SecretStr(secrets.token_urlsafe(32)),),
        database_url="sqlite:///digest.db",
        smtp_url=SecretStr(smtp_url),
        public_url=address,
        host="127.0.0.1",
        port=port,
        **no_others,
    )


def _write_settings(file: Path, settings: Settings) -> None:
    """Leave the settings beside the configuration, so that every other command works in the demo's folder."""
    lines = {
        "SECRET_KEY": ",".join(settings.keys),
        "DATABASE_URL": settings.database_url,
        "SMTP_URL": settings.smtp_url.get_secret_value(),
        "PUBLIC_URL": settings.public_url,
        "HOST": settings.host,
        "PORT": str(settings.port),
    }
    file.write_text("".join(f"DIGEST_{name}={value}\n" for name, value in lines.items()), encoding="utf-8")


def _open(folder: Path, settings: Settings) -> Workspace:
    return Workspace(read_config(folder / "digest.toml"), settings, open_database(settings.database_url, folder))


def _enrol(workspace: Workspace) -> None:
    with Session(workspace.engine) as session:
        import_csv(
            session,
            subscribers_csv(),
            newsletters=list(workspace.config.newsletters),
            now=workspace.clock(),
            keys=workspace.settings.keys,
        )
