"""``[[dkim]]`` in digest.toml and ``digest dkim``: what is made can be used, and mistakes are told."""

import json
import logging
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from typer.testing import CliRunner, Result

from digest.cli import app
from digest.configuring import read_config
from digest.errors import AskedWrongly, ConfigError
from digest.newsletters import Config
from digest.signatures import record, signers, signing_keys, zone_line
from tests.cli.conftest import CONFIG
from tests.dkim.conftest import a_key, pem, verified
from tests.dkim.test_dkim_signatures import AT, BODY, HEAD

TABLE = '[[dkim]]\ndomain = "example.com"\nselector = "d2026"\nkey = "own.pem"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "digest.toml").write_text(CONFIG)
    return tmp_path


def config_with(folder: Path, tables: str) -> Config:
    (folder / "digest.toml").write_text(CONFIG + tables)
    return read_config(folder / "digest.toml")


def dkim(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(folder / "digest.toml"), "dkim", *arguments])


@pytest.mark.parametrize("kind", [[], ["--ed25519"]])
def test_what_keygen_prints_is_all_that_signing_needs(folder: Path, kind: list[str]) -> None:
    made = dkim(folder, "keygen", "Example.com", "--selector", "s1", *kind)
    assert made.exit_code == 0
    table = made.stdout[made.stdout.index("[[dkim]]") :]
    config = config_with(folder, table)
    [key] = signing_keys(config)
    name, value = record(key)
    assert name == "s1._domainkey.example.com"
    assert f"name   {name}\ntype   TXT\nvalue  {value}\n" in made.stdout
    message = signers(config)["daily"].sign(HEAD, BODY, at=AT) + HEAD + b"\r\n" + BODY
    assert verified(message, key) == [True]
    shown = json.loads(dkim(folder, "show", "--json").stdout)
    assert shown == [{"name": name, "type": "TXT", "value": value}]
    assert value in dkim(folder, "show").stdout


def test_a_key_file_is_its_owners_alone(folder: Path) -> None:
    dkim(folder, "keygen", "example.com", "--selector", "s1", "--ed25519")
    [file] = (folder / "dkim").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_keygen_overwrites_nothing(folder: Path) -> None:
    dkim(folder, "keygen", "example.com", "--selector", "s1", "--ed25519")
    [file] = (folder / "dkim").iterdir()
    before = file.read_bytes()
    again = dkim(folder, "keygen", "example.com", "--selector", "s1")
    assert isinstance(again.exception, AskedWrongly)
    assert "there is a key already" in str(again.exception)
    assert file.read_bytes() == before


@pytest.mark.parametrize("arguments", ["exam_ple.com", "com", "münchen.example", "example.com --selector s/../1"])
def test_keygen_takes_no_name_that_dns_has_not(folder: Path, arguments: str) -> None:
    assert isinstance(dkim(folder, "keygen", *arguments.split()).exception, AskedWrongly)
    assert not (folder / "dkim").exists()


def test_a_zone_files_strings_are_short_and_join_to_the_value() -> None:
    name, value = record(a_key())
    line = zone_line(name, value)
    strings = shlex.split(line)[4:-1]
    assert line.startswith("d2026._domainkey.example.com. IN TXT (")
    assert "".join(strings) == value
    assert max(map(len, strings)) == 255


def test_show_says_how_to_begin(folder: Path) -> None:
    assert "digest dkim keygen" in dkim(folder, "show").stdout


def test_a_key_signs_for_its_domain_and_those_below_it(folder: Path) -> None:
    (folder / "own.pem").write_bytes(pem(a_key().private))
    more = "".join(
        f'[newsletters.{key}]\ntitle = "x"\nschedule = "0 7 * * *"\nsender = "a@{domain}"\n'
        for key, domain in (("below", "News.Example.com"), ("beside", "badexample.com"), ("other", "example.org"))
    )
    assert set(signers(config_with(folder, more + TABLE))) == {"daily", "below"}


def test_a_domain_of_other_letters_is_named_in_ascii(folder: Path) -> None:
    (folder / "own.pem").write_bytes(pem(a_key().private))
    text = CONFIG.replace("daily@example.com", "daily@münchen.example")
    (folder / "digest.toml").write_text(text + TABLE.replace("example.com", "xn--mnchen-3ya.example"))
    assert set(signers(read_config(folder / "digest.toml"))) == {"daily"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"example.com"', '"example"'), 'dkim.0.domain: "example" is not a domain in ASCII (try "news.example.com")'),
        (('"d2026"', '"d 2026"'), 'dkim.0.selector: "d 2026" is not a selector: letters, digits and hyphens'),
        (('"example.com"', '"example.org"'), 'dkim.0.domain: no newsletter is sent from "example.org"'),
        (("key =", "keys ="), 'dkim.0.keys: there is no such key, did you mean "key"?'),
        (("[[dkim]]", "[dkim]"), "dkim: write [[dkim]] in two brackets, once for each key"),
        (("[[dkim]]", TABLE + "[[dkim]]"), 'dkim.1.selector: "d2026" is taken'),
    ],
)
def test_a_mistaken_table_is_one_line(folder: Path, change: tuple[str, str], told: str) -> None:
    with pytest.raises(ConfigError) as mistake:
        config_with(folder, TABLE.replace(*change))
    assert told in str(mistake.value)


def no_key(file: Path) -> None:
    file.write_text("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n")


def public_key(file: Path) -> None:
    file.write_text(record(a_key())[1])


def another_kind(file: Path) -> None:
    file.write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))


def locked(file: Path) -> None:
    file.write_bytes(pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"word")))


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda file: None, "there is no file {file} (`digest dkim keygen example.com --selector d2026` makes one)"),
        (Path.mkdir, "{file} cannot be read: Is a directory"),
        (no_key, "{file} is not a private key in PEM"),
        (public_key, "{file} is not a private key in PEM"),
        (locked, "{file} is locked with a password"),
        (another_kind, "{file} is neither an RSA nor an Ed25519 key"),
    ],
)
def test_a_key_that_cannot_be_used_is_one_line(folder: Path, write: Callable[[Path], None], told: str) -> None:
    write(folder / "own.pem")
    with pytest.raises(ConfigError) as mistake:
        signers(config_with(folder, TABLE))
    assert f"dkim.0.key: {told.format(file=folder / 'own.pem')}" in str(mistake.value)
    assert "\n" not in str(mistake.value)


def test_a_short_key_and_one_that_everybody_may_read_are_warned_of(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "own.pem").write_bytes(pem(rsa.generate_private_key(65537, 1024)))
    (folder / "own.pem").chmod(0o644)
    with caplog.at_level(logging.WARNING):
        assert signers(config_with(folder, TABLE))
    assert "may be read by everybody" in caplog.text
    assert "has 1024 bits" in caplog.text
