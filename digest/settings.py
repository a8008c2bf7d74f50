"""Secrets and endpoints, from the environment and the ``.env`` file beside ``digest.toml``."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AnyHttpUrl, Field, SecretStr, TypeAdapter, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from digest.errors import ConfigError

MORE_SMTP_URLS = tuple(f"smtp_url_{number}" for number in range(2, 10))
EXAMPLES = {
    "secret_key": "DIGEST_SECRET_KEY=a-long-random-text (`digest init` makes one)",
    "database_url": "DIGEST_DATABASE_URL=sqlite:///digest.db",
    "smtp_url": "DIGEST_SMTP_URL=smtp://user:password@smtp.example.com:587",
    **{name: f"DIGEST_{name.upper()}=smtp://user:password@smtp.example.net:587" for name in MORE_SMTP_URLS},
    "public_url": "DIGEST_PUBLIC_URL=https://news.example.com",
    "host": "DIGEST_HOST=127.0.0.1",
    "port": "DIGEST_PORT=8000",
    "metrics_key": "DIGEST_METRICS_KEY=another-long-random-text",
    "llm_url": "DIGEST_LLM_URL=http://localhost:11434/v1",
    "llm_model": "DIGEST_LLM_MODEL=llama3.2",
    "llm_key": "DIGEST_LLM_KEY=the-key-your-provider-gave-you",
    "llm_timeout": "DIGEST_LLM_TIMEOUT=30",
    "llm_connections": "DIGEST_LLM_CONNECTIONS=4",
    "llm_daily_tokens": "DIGEST_LLM_DAILY_TOKENS=200000",
    "llm_price_in": "DIGEST_LLM_PRICE_IN=0.15",
    "llm_price_out": "DIGEST_LLM_PRICE_OUT=0.60",
}
SHORTEST_KEY = 16


class Settings(BaseSettings):
    """Each field is read from ``DIGEST_<NAME>``; the environment wins over the file.

    ``secret_key`` holds one or more keys, the newest first: tokens are signed with the first, and
    those signed with an older one stay good. ``metrics_key`` opens the counters at ``/metrics``; without one there are
    none.

    ``smtp_url`` is the mail server, and ``smtp_url_2`` to ``smtp_url_9`` are more of them; empty is none.

    ``llm_url`` is the base address of an OpenAI-compatible endpoint; without it no model is asked. The time-out is
    in seconds for a whole issue, prices are for a million tokens in and out.
    """

    model_config = SettingsConfigDict(env_prefix="DIGEST_", frozen=True, extra="ignore")

    secret_key: Annotated[tuple[SecretStr, ...], NoDecode]
    database_url: str = "sqlite:///digest.db"
    smtp_url: SecretStr = SecretStr("smtp://localhost:25")
    smtp_url_2: SecretStr = SecretStr("")
    smtp_url_3: SecretStr = SecretStr("")
    smtp_url_4: SecretStr = SecretStr("")
    smtp_url_5: SecretStr = SecretStr("")
    smtp_url_6: SecretStr = SecretStr("")
    smtp_url_7: SecretStr = SecretStr("")
    smtp_url_8: SecretStr = SecretStr("")
    smtp_url_9: SecretStr = SecretStr("")
    public_url: str = "http://localhost:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    metrics_key: SecretStr = SecretStr("")
    llm_url: str = ""
    llm_model: str = ""
    llm_key: SecretStr = SecretStr("")
    llm_timeout: float = Field(default=30.0, gt=0, le=600)
    llm_connections: int = Field(default=4, ge=1, le=64)
    llm_daily_tokens: int = Field(default=200_000, ge=0)
    llm_price_in: float = Field(default=0.0, ge=0)
    llm_price_out: float = Field(default=0.0, ge=0)

    @field_validator("secret_key", mode="before")
    @classmethod
    def _split_keys(cls, value: Any) -> Any:
        keys = tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
        if not keys or any(len(key) < SHORTEST_KEY for key in keys):
            raise ValueError(f"each key needs at least {SHORTEST_KEY} characters")
        return keys

    @field_validator("metrics_key")
    @classmethod
    def _is_long_enough(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"the key needs at least {SHORTEST_KEY} characters")
        return key

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        TypeAdapter(AnyHttpUrl).validate_python(value)
        return value.rstrip("/")

    @field_validator("llm_url")
    @classmethod
    def _web_address_if_any(cls, value: str) -> str:
        return cls._web_address(value) if value else ""

    @model_validator(mode="after")
    def _names_its_model(self) -> "Settings":
        if self.llm_url and not self.llm_model:
            raise ValueError("DIGEST_LLM_URL needs DIGEST_LLM_MODEL beside it")
        return self

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("only sqlite:/// and postgresql:// are supported")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _known_transport(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("smtp://", "smtps://")):
            raise ValueError("it must begin with smtp:// or smtps://")
        return value

    @field_validator(*MORE_SMTP_URLS)
    @classmethod
    def _known_transport_if_any(cls, value: SecretStr) -> SecretStr:
        return cls._known_transport(value) if value.get_secret_value() else value

    @property
    def smtp_urls(self) -> tuple[tuple[str, str], ...]:
        """The addresses of all mail servers with passwords in plain text, each with the name of its setting."""
        urls = [(name, getattr(self, name).get_secret_value()) for name in ("smtp_url", *MORE_SMTP_URLS)]
        return tuple((f"DIGEST_{name.upper()}", url) for name, url in urls if url)

    @property
    def keys(self) -> tuple[str, ...]:
        """The secret keys in plain text, the newest first."""
        return tuple(key.get_secret_value() for key in self.secret_key)


def read_settings(env_file: Path) -> Settings:
    """Read the settings; ``env_file`` may be missing.

    Raises ConfigError with one line a mistake: the key, what is wrong, an example of right.
    """
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        raise ConfigError("\n".join(_line(env_file, detail) for detail in error.errors())) from None


def _line(env_file: Path, detail: Any) -> str:
    what = "is missing" if detail["type"] == "missing" else detail["msg"].removeprefix("Value error, ")
    if not detail["loc"]:
        return f"{env_file}: {what}"
    name = str(detail["loc"][0])
    return f"{env_file}: DIGEST_{name.upper()}: {what} (try {EXAMPLES.get(name, '.env.example for what is known')})"
