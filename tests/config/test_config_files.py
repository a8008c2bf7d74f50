"""digest.toml and .env: what is right is read, what is wrong is told with the key and an example."""

import re
from datetime import date
from pathlib import Path

import pytest

from digest.configuring import read_config
from digest.errors import ConfigError
from digest.settings import EXAMPLES, MORE_SMTP_URLS, Settings, read_settings
from digest.setup import write_starter
from digest.web.app import publication_of

RIGHT = """
[site]
name = "The Post"
url = "https://post.example"

[newsletters.daily]
title = "Daily"
schedule = "0 7 * * 1-5"
timezone = "Europe/Lisbon"
sender = "The Post <daily@post.example>"

[sources.city]
url = "https://post.example/feed.xml"

[sources.desk]
type = "folder"
path = "articles"
"""
REPOSITORY = Path(__file__).parents[2]


def read(folder: Path, text: str) -> str:
    """The complaint about a configuration, without the file's name; empty when there is none."""
    (folder / "digest.toml").write_text(text)
    try:
        read_config(folder / "digest.toml")
    except ConfigError as error:
        return "\n".join(line.removeprefix(f"{folder / 'digest.toml'}: ") for line in str(error).splitlines())
    return ""


def test_a_right_configuration_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, RIGHT) == ""
    config = read_config(tmp_path / "digest.toml")
    daily = config.newsletter("daily")
    assert (daily.key, daily.max_stories, daily.sender_domain) == ("daily", 8, "post.example")
    assert [source.key for source in config.sources_of(daily)] == ["city", "desk"]
    assert config.folder == tmp_path


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (('"0 7 * * 1-5"', '"7am"'), 'newsletters.daily.schedule: "7am" is not a cron expression (try "0 7 * * *")'),
        (
            ("timezone =", 'blocks = ["?!"]\ntimezone ='),
            'newsletters.daily.blocks.0: "?!" has no word in it',
        ),
        (
            ('"Europe/Lisbon"', '"Europe/Lisbo"'),
            'newsletters.daily.timezone: "Europe/Lisbo" is not a time zone, did you mean "Europe/Lisbon"?',
        ),
        (("The Post <daily@post.example>", "The Post"), 'newsletters.daily.sender: "The Post" is not a mail address'),
        (('title = "Daily"\n', ""), 'newsletters.daily.title: is missing (try "The Harbour Post Daily")'),
        (
            ('title = "Daily"', 'titel = "Daily"'),
            'newsletters.daily.titel: there is no such key, did you mean "title"?',
        ),
        (('"https://post.example/feed.xml"', '"feed.xml"'), "sources.city.url: 'feed.xml'"),
        (('path = "articles"\n', ""), "sources.desk: a folder needs `path`"),
        (("[newsletters.daily]", "[newsletters.Daily]"), "newsletters.Daily: a key is lower-case letters"),
        (("[site]", "[sight]"), "sight: there is no such key"),
        (("[site]", "site"), "this is not TOML"),
        (('title = "Daily"', 'title = "Daily"\nmax_stories = 0'), "newsletters.daily.max_stories: 0:"),
        (('title = "Daily"', 'title = "Daily"\nlanguage = "klingon-x"'), "newsletters.daily.language"),
        (
            ('title = "Daily"', 'title = "Daily"\nsources = ["world"]'),
            'newsletters.daily.sources: there is no source "world" (known: city, desk)',
        ),
        (('name = "The Post"', "name = 7"), "site.name: 7:"),
    ],
)
def test_a_mistake_is_one_line_with_the_key_and_the_remedy(
    tmp_path: Path, wrong: tuple[str, str], complaint: str
) -> None:
    told = read(tmp_path, RIGHT.replace(*wrong))
    assert complaint in told
    assert "pydantic" not in told


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("connections = 0", "sending.connections: 0: Input should be greater than or equal to 1 (try 10)"),
        ("per_hour = -1", "sending.per_hour: -1: Input should be greater than or equal to 0 (try 5000)"),
        ("per_second = 0.0001", "sending.per_second: 0.0001: less than 0.001: use per_hour or per_day (try 20)"),
        ("per_second = inf", "sending.per_second: inf: Input should be less than or equal to 100000 (try 20)"),
        ("warm_up_growth = 1", "sending.warm_up_growth: 1: Input should be greater than 1 (try 1.5)"),
        ('warm_up_from = "soon"', "sending.warm_up_from: 'soon': Input should be a valid date or datetime"),
        ("per_minute = 5", "sending.per_minute: there is no such key"),
        ("per_houre = 5", 'sending.per_houre: there is no such key, did you mean "per_hour"?'),
    ],
)
def test_a_mistake_about_the_pace_is_one_line_too(tmp_path: Path, line: str, complaint: str) -> None:
    told = read(tmp_path, f"{RIGHT}\n[sending]\n{line}\n")
    assert told.startswith(complaint)
    assert "\n" not in told


def test_the_pace_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, f"{RIGHT}\n[sending]\nper_hour = 5000\nwarm_up_from = 2026-12-01\n") == ""
    sending = read_config(tmp_path / "digest.toml").sending
    assert (sending.per_hour, sending.warm_up_from, sending.connections) == (5000, date(2026, 12, 1), 10)


def test_topics_pins_and_blocks_are_read(tmp_path: Path) -> None:
    chosen = (
        'topics = { transport = 1.5 }\npins = ["https://post.example/vote"]\nblocks = ["horoscope"]\n\n[sources.city]'
    )
    topic = '[topics.transport]\nwords = ["ferry", "tram*"]\nsection = "City"\n'
    assert read(tmp_path, RIGHT.replace("[sources.city]", chosen, 1) + topic) == ""
    config = read_config(tmp_path / "digest.toml")
    assert config.newsletter("daily").topics == {"transport": 1.5}
    assert config.topics["transport"].title == "transport"


def test_a_topic_that_nobody_declared_is_told(tmp_path: Path) -> None:
    wrong = RIGHT.replace("[sources.city]", "topics = { sport = 2 }\n\n[sources.city]", 1)
    assert read(tmp_path, wrong) == 'newsletters.daily.topics: there is no topic "sport" (known: none)'


def test_topics_offered_to_readers_are_told_by_their_names_and_must_be_there(tmp_path: Path) -> None:
    offering = RIGHT.replace("[sources.city]", 'reader_topics = ["transport", "sport"]\n\n[sources.city]', 1)
    topic = '[topics.transport]\nname = "Getting about"\nwords = ["tram*"]\n'
    wrong = 'newsletters.daily.reader_topics: there is no topic "sport" (known: transport)'
    assert read(tmp_path, f"{offering}\n{topic}") == wrong
    (tmp_path / "digest.toml").write_text(f'{offering}\n{topic}\n[topics.sport]\nwords = ["cup"]\n')
    config = read_config(tmp_path / "digest.toml")
    publication = publication_of(config.newsletter("daily"), config)
    assert publication.topics == {"transport": "Getting about", "sport": "sport"}


def test_a_header_cannot_be_smuggled_in_by_the_sender(tmp_path: Path) -> None:
    smuggled = RIGHT.replace("The Post <daily@post.example>", r"The Post <daily@post.example>\r\nBcc: x@x.example")
    assert "is not a mail address" in read(tmp_path, smuggled)


@pytest.mark.parametrize("text", ["", "[site]\n", "[newsletters]\n", "newsletters = 3\n", "[newsletters]\ndaily = 3\n"])
def test_half_a_configuration_is_told_and_not_traced(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text)


def test_a_missing_file_says_who_writes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"digest\.toml: there is no such file \(`digest init` writes one\)"):
        read_config(tmp_path / "digest.toml")


def settings(folder: Path, **values: str) -> Settings:
    lines = {"DIGEST_SECRET_KEY": "a key of more than sixteen", **values}
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    return read_settings(folder / ".env")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in EXAMPLES:
        monkeypatch.delenv(f"DIGEST_{name.upper()}", raising=False)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_PORT", "9000")
    assert settings(tmp_path, DIGEST_PORT="8001").port == 9000


def test_several_keys_stand_behind_commas_the_newest_first(tmp_path: Path) -> None:
    keys = settings(tmp_path, DIGEST_SECRET_KEY="the newest key of all, the older key of them").keys
    assert keys == ("the newest key of all", "the older key of them")


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("DIGEST_SECRET_KEY", "short", "each key needs at least 16 characters"),
        ("DIGEST_SECRET_KEY", "", "each key needs at least 16 characters"),
        ("DIGEST_DATABASE_URL", "mysql://x", "only sqlite:/// and postgresql:// are supported"),
        ("DIGEST_SMTP_URL", "mail.example", "it must begin with smtp:// or smtps://"),
        ("DIGEST_PUBLIC_URL", "news.example", "valid URL"),
        ("DIGEST_PORT", "many", "valid integer"),
    ],
)
def test_a_mistaken_setting_is_one_line_with_an_example(tmp_path: Path, name: str, value: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(tmp_path, **{name: value})
    assert re.fullmatch(rf".*\.env: {name}: .*{complaint}.*\(try .*\)", str(caught.value))


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    read = settings(tmp_path, DIGEST_SMTP_URL="smtp://me:swordfish@mail.example")
    assert "swordfish" not in f"{read!r} {read}"
    assert "sixteen" not in f"{read!r} {read}"


def test_every_setting_is_named_and_explained_in_the_example() -> None:
    example = (REPOSITORY / ".env.example").read_text()
    for name in set(Settings.model_fields) - set(MORE_SMTP_URLS[1:]):  # the first stands for them all
        assert re.search(rf"^DIGEST_{name.upper()}=", example, re.MULTILINE)
        assert name in EXAMPLES


def test_the_starter_is_a_right_configuration_for_a_newcomer(tmp_path: Path) -> None:
    write_starter(tmp_path)
    assert read_config(tmp_path / "digest.toml").newsletter("daily").prompt == "Subscribe free to our daily newsletter"
    assert len(read_settings(tmp_path / ".env").keys[0]) >= 40


def test_every_key_is_explained_in_the_reference() -> None:
    from digest.newsletters import Newsletter, Site, Source, Topic

    reference = (REPOSITORY / "docs" / "configuration.md").read_text()
    for table in (Newsletter, Site, Source, Topic):
        for key in set(table.model_fields) - {"key"}:
            assert f"`{key}`" in reference, f"{table.__name__}.{key}"
