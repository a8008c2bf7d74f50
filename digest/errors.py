"""What can go wrong, as a small family: each message says what happened, where, and what to do next."""


class DigestError(Exception):
    """Something failed while doing what was asked; the command exits with status 1."""


class AskedWrongly(DigestError):
    """The request itself cannot be carried out as it stands; the command exits with status 2."""


class ConfigError(AskedWrongly):
    """One or more mistakes in ``digest.toml`` or ``.env``: one line each, with the key and an example of right."""


class FeedError(DigestError):
    """A feed's content is not something that articles can be read from; the message says why."""


class FetchError(DigestError):
    """A URL could not be fetched, or its answer was refused; the message says why.

    ``retry_after`` is the number of seconds the server asked to be left alone, ``status`` that of its HTTP answer;
    each is None when there was none.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.status = status


class StoreError(DigestError):
    """The database cannot be opened, read or written as it stands."""


class TemplateError(DigestError):
    """A template is missing or cannot be rendered; the message names the file and the line."""


class TransportError(DigestError):
    """The mail server itself cannot be used (unreachable, refused log-in, broken TLS): no message is to blame."""
