"""What lies in the demo's own folder: articles from the readers' desk, and the list of subscribers."""

from pathlib import Path

DESK = Path(__file__).parent / "newsroom" / "desk"
SUBSCRIBERS = Path(__file__).with_name("subscribers.csv")


def copy_articles(folder: Path) -> None:
    """Copy the readers' desk into ``folder`` (made when missing), as files written just now."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in DESK.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())


def subscribers_csv() -> list[str]:
    """The lines of the list of subscribers, the heading first."""
    return SUBSCRIBERS.read_text(encoding="utf-8").splitlines(keepends=True)
