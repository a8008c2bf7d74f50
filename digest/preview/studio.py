"""What the preview's page shows: made once, and made anew when what it was made from changes.

The network is asked once, and again only for sources that were changed, or when the editor says so.
"""

import asyncio
import re
import secrets
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from digest.configuring import read_config
from digest.domain import Recipient
from digest.errors import ConfigError, DigestError
from digest.gathering import Gathered, gather
from digest.lint import Finding, lint_message
from digest.newsletters import Source
from digest.preview.issue import Edition, Preview, composed, gather_anew, next_edition, stored_edition, templates_of
from digest.settings import read_settings
from digest.workspace import Workspace

PASSING = re.compile(r"\.|.*~$|4913$")  # what editors leave for a moment beside a file that they save
Wanted = tuple[str | None, str | None]  # theme and variant


class Studio:
    """The previews of one newsletter's next issue, or of the stored one with ``issue_id``; for many threads.

    ``version`` is another one whenever something may look different.
    """

    def __init__(
        self,
        workspace: Workspace,
        key: str,
        gathered: Gathered | None = None,
        *,
        config_file: Path | None = None,
        issue_id: int | None = None,
    ) -> None:
        self.workspace = workspace
        self.issue_id = issue_id
        self.config_file = (config_file or workspace.config.folder / "digest.toml").resolve()
        self.newsletter = workspace.config.newsletter(key)
        self._gathered = gathered
        self._stale: set[str] = set()  # keys of the sources to gather anew
        self._mistakes: dict[Path, ConfigError] = {}
        self._edition: Edition | None = None
        self._made: dict[Wanted, Preview | DigestError] = {}
        self._good: dict[Wanted, Preview] = {}
        self._findings: dict[tuple[int, Recipient], Sequence[Finding]] = {}
        self._lock = threading.RLock()
        self._run, self._changes = secrets.token_hex(4), 0

    @property
    def _env_file(self) -> Path:
        return self.workspace.config.folder / ".env"

    @property
    def version(self) -> str:
        """Which state of things this is; never the same in two runs."""
        return f"{self._run}.{self._changes}"

    def show(self, theme: str | None = None, variant: str | None = None) -> Preview:
        """The preview as things stand now. Raises DigestError: why there is none."""
        wanted = theme, variant
        with self._lock:
            if wanted not in self._made:
                self._made[wanted] = self._make(wanted)
            made = self._made[wanted]
        if isinstance(made, DigestError):
            raise made.with_traceback(None)
        return made

    def is_good(self, theme: str | None = None, variant: str | None = None) -> bool:
        """True when the latest attempt gave a preview."""
        return isinstance(self._made.get((theme, variant)), Preview)

    def last_good(self, theme: str | None = None, variant: str | None = None) -> Preview | None:
        """The latest preview that could be made, None when none could."""
        return self._good.get((theme, variant))

    def findings(self, preview: Preview, recipient: Recipient) -> Sequence[Finding]:
        """What the linter says of the mail for this recipient, the worst first."""
        key = id(preview), recipient
        with self._lock:
            if key not in self._findings:
                self._findings[key] = lint_message(
                    preview.message.for_recipient(recipient),
                    clients=self.newsletter.clients,
                    postal_address=self.workspace.config.site.postal_address,
                )
            return self._findings[key]

    def collect_again(self) -> None:
        """Gather from all sources at the next look."""
        with self._lock:
            self._gathered = None
            self._forget(edition=True)

    def notice(self, paths: Collection[Path]) -> bool:
        """Take notice of files that were changed; False when nothing looks different for it."""
        paths = {path for path in paths if path.name == ".env" or not PASSING.match(path.name)}
        with self._lock:
            read_again = bool(paths & {self.config_file, self._env_file})
            if read_again:
                self._read_again(paths)
            stale = {key for key, folder in self._folder_sources() if _within(paths, folder)}
            if stale:
                self._stale |= stale
                self._forget(edition=True)
            if read_again or stale:
                return True
            if any(_within(paths, folder) for folder in templates_of(self.workspace)):
                self._forget()
                return True
            return not paths.isdisjoint(self._database_files()) and self._look_into_the_database()

    def folders(self) -> set[Path]:
        """The folders in which files are to be watched, each by itself."""
        deep = [*templates_of(self.workspace), *(folder for _, folder in self._folder_sources())]
        below = (each for folder in deep if folder.is_dir() for each in (folder, *folder.rglob("*")) if each.is_dir())
        flat = (self.config_file.parent, self.workspace.config.folder, *(f.parent for f in self._database_files()))
        return {*flat, *below}

    def _make(self, wanted: Wanted) -> Preview | DigestError:
        theme, variant = wanted
        try:
            for mistake in self._mistakes.values():
                raise mistake
            self._edition = self._edition or self._new_edition()
            made = composed(self.workspace, self._edition, theme=theme, variant=variant)
        except DigestError as error:
            return error
        self._good[wanted] = made
        return made

    def _new_edition(self) -> Edition:
        if self.issue_id is not None:
            return stored_edition(self.workspace, self.newsletter, self.issue_id)
        return asyncio.run(self._next_edition())

    async def _next_edition(self) -> Edition:
        if self._gathered is None:
            self._gathered = await gather(self.workspace, self.workspace.config.sources_of(self.newsletter))
        elif self._stale:
            changed = [source for source in self._sources() if source.key in self._stale]
            self._gathered = await gather_anew(self.workspace, self.newsletter, self._gathered, changed)
        self._stale = set()
        return await next_edition(self.workspace, self.newsletter, self._gathered)

    def _read_again(self, paths: Collection[Path]) -> None:
        """Read the configuration or the settings; a mistake in them is shown instead of the issue.

        The database stays the one that was opened.
        """
        self._forget(edition=True)
        for file, read in ((self.config_file, self._read_config), (self._env_file, self._read_settings)):
            if file not in paths:
                continue
            self._mistakes.pop(file, None)
            try:
                read()
            except ConfigError as mistake:
                self._mistakes[file] = mistake

    def _read_config(self) -> None:
        config = read_config(self.config_file)
        newsletter, before = config.newsletter(self.newsletter.key), {each.key: each for each in self._sources()}
        self.workspace, self.newsletter = replace(self.workspace, config=config), newsletter
        now = {each.key: each for each in self._sources()}
        self._stale |= {key for key in before.keys() | now.keys() if before.get(key) != now.get(key)}

    def _read_settings(self) -> None:
        self.workspace = replace(self.workspace, settings=read_settings(self._env_file))

    def _look_into_the_database(self) -> bool:
        """Draft anew; most of what is written there, deliveries for one, changes no issue."""
        before = self._edition
        if self._mistakes:
            return False
        try:
            self._edition = self._new_edition()
        except DigestError:
            self._edition = None
        if self._edition == before:
            return False
        self._forget()
        return True

    def _forget(self, *, edition: bool = False) -> None:
        self._made.clear()
        self._findings.clear()
        self._changes += 1
        if edition:
            self._edition = None

    def _sources(self) -> Sequence[Source]:
        return self.workspace.config.sources_of(self.newsletter)

    def _folder_sources(self) -> Iterator[tuple[str, Path]]:
        for source in self._sources():
            if source.type == "folder" and source.path is not None:
                yield source.key, (self.workspace.config.folder / source.path).resolve()

    def _database_files(self) -> Sequence[Path]:
        url = self.workspace.engine.url
        if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
            return ()
        file = Path(url.database).resolve()
        return file, file.with_name(f"{file.name}-wal")


def _within(paths: Iterable[Path], folder: Path) -> bool:
    return any(path == folder or folder in path.parents for path in paths)
