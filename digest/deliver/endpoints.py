"""Where mail leaves: the addresses of mail servers, as ``.env`` gives them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal, cast, get_args
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import ValidationError

from digest.errors import ConfigError
from digest.sending import Limits

StartTls = Literal["required", "preferred", "off"]
Auth = Literal["", "plain", "login", "xoauth2"]
EXAMPLE = "smtp://user:password@smtp.example.com:587"
OWN_OPTIONS = ("auth", "starttls", "token_file", "weight")
HEAVIEST = 1000


@dataclass(frozen=True, slots=True)
class SmtpEndpoint:
    """Where and how to reach a mail server, and how much it may be given.

    ``implicit_tls``: encrypted from the first byte (RFC 8314). ``auth`` is empty for the best that is offered.
    ``token_file`` holds the access token for XOAUTH2. Of messages a server gets its ``weight`` in proportion to the
    others'; with 0 it gets some only while no other can be used. ``name`` is the setting that it stands in.
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    implicit_tls: bool = False
    starttls: StartTls = "preferred"
    auth: Auth = ""
    token_file: str = ""
    weight: int = 1
    limits: Limits = field(default_factory=Limits)
    name: str = "DIGEST_SMTP_URL"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def key(self) -> str:
        """What tells this account from all others, for its quotas: user, host and port."""
        return f"{self.user}@{self}" if self.user else str(self)

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine, so that what goes to it passes no network."""
        return _is_loopback(self.host)


def endpoints(urls: Iterable[tuple[str, str]], limits: Limits = Limits()) -> tuple[SmtpEndpoint, ...]:
    """Read the addresses of several mail servers, each with the name of its setting.

    Raises ConfigError; also when two are the same account, whose quotas would be counted together.
    """
    found: dict[str, SmtpEndpoint] = {}
    for name, url in urls:
        endpoint = parse_smtp_url(url, name, limits)
        if endpoint.key in found:
            raise ConfigError(f"{name}: this is the same server and user as {found[endpoint.key].name}: remove one")
        found[endpoint.key] = endpoint
    return tuple(found.values())


def parse_smtp_url(url: str, name: str = "DIGEST_SMTP_URL", limits: Limits = Limits()) -> SmtpEndpoint:
    """Read ``smtp://[user:password@]host[:port][?option=value&…]`` or ``smtps://…``.

    Options are ``starttls``, ``auth``, ``token_file``, ``weight``, and any limit, which then holds in place of that in
    ``limits``. Raises ConfigError with one line that begins with ``name`` and never holds the password.
    """
    wrong = ConfigError(f"{name}: this is not the address of a mail server (try {EXAMPLE})")
    try:
        parts = urlsplit(url)
        port = parts.port
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise wrong
    _check_names(options, name)
    own = {option: options.pop(option, "") for option in OWN_OPTIONS}
    return _endpoint(parts, port, own, _limits(options, name, limits), name)


def _endpoint(parts: SplitResult, port: int | None, options: dict[str, str], limits: Limits, name: str) -> SmtpEndpoint:
    host, implicit, user = parts.hostname or "", parts.scheme == "smtps", unquote(parts.username or "")
    # A password never travels in clear unless somebody says so.
    usual = "required" if user and not implicit and not _is_loopback(host) else "preferred"
    endpoint = SmtpEndpoint(
        host=host,
        port=port or (465 if implicit else 587 if user else 25),
        user=user,
        password=unquote(parts.password or ""),
        implicit_tls=implicit,
        starttls=cast("StartTls", _one_of(StartTls, options["starttls"] or usual, "starttls", name)),
        auth=cast("Auth", _one_of(Auth, options["auth"] or ("xoauth2" if options["token_file"] else ""), "auth", name)),
        token_file=options["token_file"],
        weight=_weight(options["weight"], name),
        limits=limits,
        name=name,
    )
    _check_log_in(endpoint)
    return endpoint


def _check_names(options: Iterable[str], name: str) -> None:
    known = sorted({*OWN_OPTIONS, *Limits.model_fields})
    if set(options) - set(known):
        raise ConfigError(f"{name}: after ? only these are known: {', '.join(known)}")


def _check_log_in(endpoint: SmtpEndpoint) -> None:
    if endpoint.auth and not endpoint.user:
        raise ConfigError(f"{endpoint.name}: auth={endpoint.auth} needs a user (try {EXAMPLE})")
    if endpoint.token_file and endpoint.auth != "xoauth2":
        raise ConfigError(f"{endpoint.name}: token_file is for auth=xoauth2, not for auth={endpoint.auth}")


def _one_of(choices: object, value: str, option: str, name: str) -> str:
    if value not in get_args(choices):
        known = [choice for choice in get_args(choices) if choice]
        raise ConfigError(f"{name}: {option}= can be {', '.join(known[:-1])} or {known[-1]}")
    return value


def _weight(text: str, name: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and int(text) <= HEAVIEST):
        raise ConfigError(f"{name}: weight= is a whole number from 0 to {HEAVIEST} (try weight=2)")
    return int(text)


def _limits(given: dict[str, str], name: str, limits: Limits) -> Limits:
    try:
        return Limits.model_validate({**limits.model_dump(), **given})
    except ValidationError as error:
        [mistake, *_] = error.errors(include_input=False)
        where = ".".join(str(part) for part in mistake["loc"])
        raise ConfigError(f"{name}: {where}=: {mistake['msg']}") from None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
