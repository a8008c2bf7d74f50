"""Links: where they lead, what they say, and what filters make of them."""

import pytest

from digest.lint import Severity
from tests.lint.conftest import SOUND_HTML, in_message, in_page

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE


@pytest.mark.parametrize(
    ("href", "rule", "severity"),
    [
        ("", "link-empty", ERROR),
        ("#", "link-empty", ERROR),
        ("#nowhere", "link-empty", ERROR),
        ("mailto:", "link-empty", ERROR),
        ("javascript:void(0)", "link-javascript", ERROR),
        ("/archive", "link-relative", ERROR),
        ("archive.html", "link-relative", ERROR),
        ("www.harbourpost.org/a", "link-relative", ERROR),
        ("https://harbour post.org/", "link-malformed", ERROR),
        ("http://https://harbourpost.org/", "link-malformed", ERROR),
        ("https:///a", "link-malformed", ERROR),
        ("htps://harbourpost.org/", "link-malformed", ERROR),
        ("https://[harbourpost.org/", "link-malformed", ERROR),
        ("https://example.com/story", "link-placeholder", ERROR),
        ("http://localhost:8000/a", "link-local", ERROR),
        ("https://192.168.1.2/a", "link-local", ERROR),
        ("https://preview.internal/a", "link-local", ERROR),
        ("https://93.184.216.34/a", "link-to-ip-address", WARNING),
        ("https://bit.ly/3abc", "link-shortened", WARNING),
        ("http://harbourpost.org/a", "link-http", WARNING),
    ],
)
def test_an_address_that_does_a_reader_no_good(href: str, rule: str, severity: Severity):
    assert in_page(f'<a href="{href}">The crane that three museums want</a>')[rule].severity is severity


@pytest.mark.parametrize(
    "href",
    [
        "https://harbourpost.org/a?b=c#d",
        "https://news.example.com/a",
        "mailto:editor@harbourpost.org?subject=Tides",
        "tel:+351123456",
        "#top",
        "https://harbourpost.org/über-uns",
    ],
)
def test_an_address_that_is_well(href: str):
    found = in_page(f'<a href="{href}">The crane that three museums want</a>')
    assert [rule for rule in found if rule.startswith("link-")] == []


@pytest.mark.parametrize(
    "words", ["Click here", "read more »", "HERE", "Leer más", "Saiba mais", "En savoir plus", "Hier klicken!", "more…"]
)
def test_words_that_do_not_say_where_a_link_leads(words: str):
    assert in_page(f'<a href="https://harbourpost.org/a">{words}</a>')["link-text-vague"].severity is WARNING


@pytest.mark.parametrize("words", ["3 min read", "Read more about the crane", "Hier geht es zum Hafen", "Past issues"])
def test_words_that_say_it(words: str):
    assert "link-text-vague" not in in_page(f'<a href="https://harbourpost.org/a">{words}</a>')


def test_a_label_for_screen_readers_says_it_too():
    link = '<a href="https://harbourpost.org/a" aria-label="Read more about the crane">Read more</a>'
    assert "link-text-vague" not in in_page(link)


def test_a_link_without_words_is_an_error():
    assert in_page('<a href="https://harbourpost.org/a"> </a>')["link-without-text"].severity is ERROR


def test_a_linked_picture_must_say_where_the_link_leads():
    picture = '<img src="https://a.test.org/b.png" width="9" height="9" alt="{}">'
    link = '<a href="https://harbourpost.org/a">{}</a>'
    assert "link-without-text" in in_page(link.format(picture.format("")))
    assert "link-without-text" not in in_page(link.format(picture.format("The crane")))


def test_a_picture_without_alt_in_a_link_is_told_of_once():
    found = in_page('<a href="https://harbourpost.org/a"><img src="https://a.test.org/b.png" width="9" height="9"></a>')
    assert "image-without-alt" in found
    assert "link-without-text" not in found


def test_words_that_name_another_site_look_like_phishing():
    link = '<a href="https://{}/login">harbourpost.org</a>'
    assert in_page(link.format("evil.test.org"))["link-text-misleads"].severity is WARNING
    assert "link-text-misleads" not in in_page(link.format("www.harbourpost.org"))


def test_picture_and_headline_that_both_link_are_a_notice():
    link = '<a href="https://harbourpost.org/a">{}</a>'
    assert in_page(link.format("The crane") + link.format("Three museums want it"))["link-twice"].severity is NOTICE


def test_the_same_words_for_different_pages_are_a_notice():
    pair = '<a href="https://harbourpost.org/a">2 min read</a> <a href="https://harbourpost.org/b">2 min read</a>'
    assert in_page(pair)["link-text-repeated"].severity is NOTICE


@pytest.mark.parametrize(
    ("words", "is_way_out"),
    [
        ("Unsubscribe", True),
        ("Cancelar la suscripción", True),
        ("Se désabonner", True),
        ("Abmelden", True),
        ("Goodbye", False),
    ],
)
def test_a_mail_shows_the_way_out_in_the_readers_language(words: str, is_way_out: bool):
    html = SOUND_HTML.replace("unsubscribe/7", "go/7").replace("Unsubscribe", words)
    assert ("unsubscribe-link-missing" not in in_message(html)) == is_way_out
