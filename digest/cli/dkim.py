"""``digest dkim``: keys that sign mail, and the records that tell the world of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.terminal import AsJson, print_json
from digest.configuring import read_config
from digest.deliver.signing import SigningKey
from digest.dkim import check_domain, check_selector
from digest.errors import AskedWrongly
from digest.signatures import make_key, record, signing_keys, zone_line

FOLDER = "dkim"  # beside digest.toml

app = typer.Typer(help="Make the keys that sign your mail (DKIM), and show the DNS records they need.")


@app.command()
def keygen(
    context: typer.Context,
    domain: Annotated[str, typer.Argument(help="The domain of the sender's address, or one above it.")],
    selector: Annotated[
        str, typer.Option(help="The key's name in DNS; otherwise one of this month.", metavar="NAME")
    ] = "",
    ed25519: Annotated[
        bool, typer.Option("--ed25519", help="A key of the newer kind, beside one of RSA: not everybody knows it yet.")
    ] = False,
) -> None:
    """Make a key in the folder dkim beside digest.toml; print its DNS record and its table for digest.toml."""
    selector = selector or f"{'e' if ed25519 else 'd'}{datetime.now(UTC):%Y%m}"
    try:
        domain, selector = check_domain(domain), check_selector(selector)
    except ValueError as error:
        raise AskedWrongly(str(error)) from None
    place = Path(FOLDER) / f"{selector}.{domain}.pem"
    key = make_key(context.obj.parent / place, domain, selector, ed25519=ed25519)
    print(f"wrote {context.obj.parent / place}: keep it to yourself\n")
    print("1. Put this record into the domain's DNS.\n")
    _print_record(key)
    print("2. When it is there, put this into digest.toml.\n")
    print(f'[[dkim]]\ndomain = "{domain}"\nselector = "{selector}"\nkey = "{place.as_posix()}"')


@app.command()
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the DNS records of the keys in digest.toml."""
    keys = signing_keys(read_config(context.obj))
    if as_json:
        print_json(_records(keys))
    for key in [] if as_json else keys:
        _print_record(key)
    if not (keys or as_json):
        print("There is no [[dkim]] in digest.toml: `digest dkim keygen DOMAIN` makes a key.")


def _records(keys: Sequence[SigningKey]) -> list[dict[str, str]]:
    return [
        dict(zip(("name", "type", "value"), (name, "TXT", value), strict=True)) for name, value in map(record, keys)
    ]


def _print_record(key: SigningKey) -> None:
    name, value = record(key)
    print(f"name   {name}\ntype   TXT\nvalue  {value}\n\nIn a zone file:\n\n{zone_line(name, value)}\n")
