"""A mail that is sound is called so, and every theme of ours is."""

from datetime import UTC, datetime

import pytest

from digest.compose import compose
from digest.domain import Recipient
from digest.lint import DEFAULT_CLIENTS, lint_html, lint_message
from digest.templating import templates_folder
from tests.compose.conftest import read_issue
from tests.lint.conftest import SOUND_HTML, bad, message

THEMES = sorted(file.parent.name for file in templates_folder().glob("issue/*/issue.mjml.j2"))


def test_a_sound_page_is_clean():
    assert bad(lint_html(SOUND_HTML)) == []


def test_a_sound_message_is_clean():
    assert bad(lint_message(message(), postal_address="1 South Quay, Port Almara")) == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_a_theme_is_clean_for_every_client_of_the_list(theme: str, language: str):
    issue = read_issue()
    newsletter = issue.newsletter.model_copy(update={"language": language})
    made = compose(
        type(issue)(newsletter, issue.site, issue.number, issue.slot, issue.subject, issue.preheader, issue.stories),
        theme,
        public_url="https://news.example.com",
        date=datetime(2026, 11, 23, 7, tzinfo=UTC),
    )
    reader = Recipient("reader@example.org", "Inês Gonçalves", "7.daily.c2lnbmF0dXJl", "<daily.214.7@news.example.com>")
    found = lint_message(made.for_recipient(reader), clients=DEFAULT_CLIENTS, postal_address=issue.site.postal_address)
    assert bad(found) == []
