"""The themes before our own lint: nothing worse than a notice for any of the clients it knows by default."""

from dataclasses import replace

import pytest

from digest.compose import public_html
from digest.domain import Issue
from digest.lint import Severity, lint_html
from tests.compose.conftest import LOGO, SPONSOR, at_its_fullest, changed, in_arabic, read_issue, rendered

DARK_LOGO = LOGO.model_copy(update={"dark": "https://images.example.com/logo-dark.png"})


def without_pictures() -> Issue:
    issue = changed(read_issue(), sponsor=SPONSOR)
    return replace(issue, stories=tuple(replace(story, image=None) for story in issue.stories))


@pytest.mark.parametrize(
    "issue",
    [
        changed(at_its_fullest(), logo=LOGO),
        changed(at_its_fullest(), logo=DARK_LOGO),
        without_pictures(),
        in_arabic(),
    ],
    ids=["full", "dark logo", "bare", "ar"],
)
def test_lint_warns_of_nothing(theme, issue):
    found = lint_html(public_html(rendered(issue, theme).html))
    assert [finding for finding in found if finding.severity.is_at_least(Severity.WARNING)] == []


def test_words_can_be_read_by_night_even_where_a_logo_is_not_shown(theme):
    found = lint_html(public_html(rendered(changed(at_its_fullest(), logo=LOGO), theme).html))
    assert not [finding for finding in found if finding.rule.startswith("contrast")]
