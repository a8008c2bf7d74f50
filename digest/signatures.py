"""DKIM keys on disk: made, read, and put to each newsletter's mail."""

import logging
import os
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from digest.deliver.signing import Signer, SigningKey
from digest.dkim import DkimKey, record_name
from digest.domains import ascii_domain
from digest.errors import AskedWrongly, ConfigError, DigestError
from digest.newsletters import Config

logger = logging.getLogger(__name__)

NEW_BITS = 2048  # the longest whose record fits into one answer by UDP (RFC 6376 §3.3.3)
LEAST_BITS, GOOD_BITS = 1024, 2048  # RFC 8301 §3.2: must, should
STRING = 255  # octets that one string of a TXT record holds (RFC 1035 §3.3)


def signers(config: Config) -> Mapping[str, Signer]:
    """Who signs each newsletter's mail, by the newsletter's key; none where its sender's domain has no key.

    Each key is read once. Raises ConfigError, a line for each key that cannot be used.
    """
    read = dict(zip(config.dkim, signing_keys(config), strict=True))
    found = {}
    for newsletter in config.newsletters.values():
        domain = ascii_domain(newsletter.sender_domain)
        if keys := [key for table, key in read.items() if table.is_for(domain)]:
            found[newsletter.key] = Signer(keys)
    return found


def signing_keys(config: Config) -> list[SigningKey]:
    """The configured keys, in their order. Raises ConfigError, a line for each that cannot be used."""
    keys, mistakes = [], []
    for place, table in enumerate(config.dkim):
        try:
            keys.append(_read_key(config.folder / table.key, table))
        except ConfigError as error:
            mistakes.append(f"{config.folder / 'digest.toml'}: dkim.{place}.key: {error}")
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return keys


def signed(message: bytes, signer: Signer | None, at: datetime) -> bytes:
    """A whole message (RFC 5322) with its signatures at the top; as it is when nobody signs."""
    if signer is None:
        return message
    head, _, body = message.partition(b"\r\n\r\n")
    return signer.sign(head + b"\r\n", body, at=at) + message


def make_key(file: Path, domain: str, selector: str, *, ed25519: bool = False) -> SigningKey:
    """Make a key and write it to a new file, which its owner alone may read.

    Raises AskedWrongly when the file is there already, DigestError when it cannot be written.
    """
    private = Ed25519PrivateKey.generate() if ed25519 else rsa.generate_private_key(65537, NEW_BITS)
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except FileExistsError:
        raise AskedWrongly(f"{file}: there is a key already (choose another with --selector)") from None
    except OSError as error:
        raise DigestError(f"{file}: cannot be written: {error.strerror}") from None
    return SigningKey(domain, selector, private)


def record(key: SigningKey) -> tuple[str, str]:
    """The name of the TXT record that a key needs, and its value (RFC 6376 §3.6.1, RFC 8463 §4)."""
    if isinstance(key.private, Ed25519PrivateKey):
        kind, public = "ed25519", key.private.public_key().public_bytes_raw()
    else:
        public = key.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        kind = "rsa"
    return record_name(key.domain, key.selector), f"v=DKIM1; k={kind}; p={b64encode(public).decode()}"


def zone_line(name: str, value: str) -> str:
    """The record as a zone file has it: in strings of at most 255 characters, which name servers join."""
    strings = [f'"{value[start : start + STRING]}"' for start in range(0, len(value), STRING)]
    return f"{name}. IN TXT ( {' '.join(strings)} )"


def _read_key(file: Path, table: DkimKey) -> SigningKey:
    try:
        if file.stat().st_mode & 0o007:
            logger.warning("%s may be read by everybody on this machine: chmod 600 %s", file, file)
        private = load_pem_private_key(file.read_bytes(), password=None)
    except FileNotFoundError:
        raise ConfigError(
            f"there is no file {file} (`digest dkim keygen {table.domain} --selector {table.selector}` makes one)"
        ) from None
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from None
    except TypeError:
        raise ConfigError(f"{file} is locked with a password: write the key without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError(f"{file} is not a private key in PEM") from None
    if not isinstance(private, rsa.RSAPrivateKey | Ed25519PrivateKey):
        raise ConfigError(f"{file} is neither an RSA nor an Ed25519 key: DKIM knows no other")
    if isinstance(private, rsa.RSAPrivateKey):
        _check_length(file, private.key_size)
    return SigningKey(table.domain, table.selector, private)


def _check_length(file: Path, bits: int) -> None:
    if bits < LEAST_BITS:
        raise ConfigError(f"{file} has {bits} bits, and no mail server trusts so few (make one of {GOOD_BITS})")
    if bits < GOOD_BITS:
        logger.warning("%s has %d bits: some mail servers want %d", file, bits, GOOD_BITS)
