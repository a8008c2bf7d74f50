"""The demo's ``digest.toml``: the sample newsletter, with its sources at the running newsroom."""

from pathlib import Path

TEMPLATE = Path(__file__).with_name("digest.toml")


def write_config(file: Path, newsroom_url: str) -> None:
    """Write the configuration to ``file``. ``newsroom_url`` has no slash at its end."""
    template = TEMPLATE.read_text(encoding="utf-8")
    file.write_text(template.replace("{newsroom}", newsroom_url), encoding="utf-8")
