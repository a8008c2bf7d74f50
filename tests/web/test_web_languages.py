"""Which language a page or a letter speaks, and who chooses it."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
import time_machine
from fastapi import FastAPI
from sqlmodel import Session, select

from digest.catalogues import LANGUAGES
from digest.compose.plaintext import WIDTH, columns
from digest.newsletters import Newsletter
from digest.web import create_app
from digest.web.pages import ReadersLanguages, page_renderer
from subscribers.mail import Kind, Letter, Letters
from subscribers.models import Consent, Status, Subscriber, Subscription
from subscribers.publication import House, Publication
from subscribers.tokens import Tokens
from tests.web.letters import eventually

NOW = datetime(2026, 3, 2, 7, 5, tzinfo=UTC)
SUBSCRIBE = {
    "en": "Subscribe free",
    "es": "Suscribirse gratis",
    "pt": "Inscrever-se grátis",
    "fr": "S’inscrire gratuitement",
    "de": "Kostenlos abonnieren",
    "ar": "اشترك مجانًا",
}


@pytest.fixture
def tokens(settings) -> Tokens:
    return Tokens(settings.keys)


@pytest.fixture
def subscriber(sqlite_engine):
    """Put Ann on the list of the daily."""

    def put(language: str = "", status: Status = Status.ACTIVE) -> int:
        with Session(sqlite_engine) as session:
            ann = Subscriber(address="ann@example.com", name="Ann Onym", language=language, created_at=NOW)
            session.add(ann)
            session.flush()
            session.add(Subscription(subscriber_id=ann.id, newsletter="daily", status=status, requested_at=NOW))
            session.commit()
            return ann.id

    return put


@pytest.fixture
def language(sqlite_engine):
    """The language that is stored with the one subscriber."""

    def stored() -> str:
        with Session(sqlite_engine) as session:
            return session.exec(select(Subscriber.language)).one()

    return stored


def in_html(page: httpx.Response) -> str:
    return re.search(r'<html lang="([^"]+)"', page.text)[1]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_address_may_ask_for_a_language(web, tag):
    for path in ("/", "/subscribe/daily", "/confirm/x", "/unsubscribe/x", "/preferences/x", "/nowhere"):
        page = web.get(path, params={"lang": tag})
        assert in_html(page) == tag
        assert f'dir="{"rtl" if tag == "ar" else "ltr"}"' in page.text
    assert SUBSCRIBE[tag] in web.get(f"/subscribe/daily?lang={tag}").text


@pytest.mark.parametrize("asked", ["", "nl", "../../etc/passwd", "xx-" * 100, "\x00", '"><script>'])
def test_what_is_no_language_of_ours_is_ignored(web, asked):
    for path in ("/", "/subscribe/daily", "/confirm/x", "/nowhere"):
        page = web.get(path, params={"lang": asked})
        assert in_html(page) == "en"
        assert "<script" not in page.text


def test_what_a_browser_prefers_is_not_asked(web):
    page = web.get("/subscribe/daily", headers={"Accept-Language": "fr"})
    assert in_html(page) == "en"


def test_the_sign_up_page_offers_the_other_languages_each_named_in_itself(web):
    for path in ("/", "/subscribe/daily"):
        page = web.get(path).text
        links = dict(re.findall(r'<a href="([^"]+)" lang="\S+" hreflang="\S+" rel="alternate"><bdi>(\w+)</bdi>', page))
        assert [*links.values()] == ["Español", "Português", "Français", "Deutsch", "العربية"]
        assert {in_html(web.get(link)) for link in links} == {"es", "pt", "fr", "de", "ar"}
        other = web.get(path, params={"lang": "de"}).text
        assert f'<a href="{path}" lang="en"' in other
        assert f'<a href="{path}?lang=es" lang="es"' in other
        assert 'hreflang="de"' not in other


class TestInGerman:
    """A newsletter whose language is German."""

    @pytest.fixture
    def daily(self) -> dict[str, object]:
        return {"language": "de", "timezone": "Europe/Berlin"}

    @pytest.fixture
    def app(self, config, settings, sqlite_engine, mails, daily) -> FastAPI:
        newsletters = {"daily": config.newsletters["daily"].model_copy(update=daily)}
        changed = config.model_copy(update={"newsletters": newsletters})
        return create_app(changed, settings, sqlite_engine, mails.append)

    def test_pages_and_letters_speak_as_the_newsletter_does(self, web, mails, language):
        assert "Abonnieren Sie kostenlos unseren täglichen Newsletter" in web.get("/").text
        assert in_html(web.get("/subscribe/daily")) == in_html(web.get("/confirm/x")) == "de"
        with time_machine.travel(NOW, tick=False):
            page = web.post("/subscribe", data={"newsletter": "daily", "email": "ann@example.com"})
        assert "Sehen Sie in Ihr Postfach" in page.text
        assert language() == "de"
        eventually(mails, 1)
        assert mails[0].subject == "Bitte bestätigen: The Harbour Daily"
        assert "Am 2. März 2026 um 08:05 Uhr (Mitteleuropäische Normalzeit)" in mails[0].text
        assert '<html lang="de" dir="ltr">' in mails[0].html

    def test_who_signs_up_in_another_language_is_written_to_in_it(self, web, mails, language, sqlite_engine):
        form = web.get("/subscribe/daily?lang=fr").text
        assert '<input type="hidden" name="lang" value="fr">' in form
        with time_machine.travel(NOW, tick=False):
            page = web.post("/subscribe", data={"newsletter": "daily", "email": "ann@example.com", "lang": "fr"})
            assert "Consultez votre boîte de réception" in page.text
            assert language() == "fr"
            eventually(mails, 1)
            assert "Le 2 mars 2026 à 08:05 (heure normale d’Europe centrale)" in mails[0].text.replace("\n", " ")
            door = re.search(r"https://mail\.example\.com(/confirm/\S+)", mails[0].text)[1]
            assert "Une dernière étape" in web.get(door).text
            assert "Votre inscription est confirmée" in web.post(door).text
        with Session(sqlite_engine) as session:
            wordings = set(session.exec(select(Consent.wording)))
        assert wordings == {"Inscrivez-vous gratuitement à notre newsletter quotidienne"}

    def test_a_mistake_is_explained_in_the_language_of_the_page(self, web):
        page = web.post("/subscribe", data={"newsletter": "daily", "email": "ann", "lang": "es"})
        assert "Esto no parece una dirección de correo" in page.text
        assert '<input type="hidden" name="lang" value="es">' in page.text


class TestInBrazil:
    """A newsletter in a language of one country, with words of its own."""

    @pytest.fixture
    def app(self, config, settings, sqlite_engine, mails) -> FastAPI:
        own = {"language": "pt-BR", "prompt": "100% grátis, {todo} %(dia)s"}
        newsletters = {"daily": config.newsletters["daily"].model_copy(update=own)}
        changed = config.model_copy(update={"newsletters": newsletters})
        return create_app(changed, settings, sqlite_engine, mails.append)

    def test_whoever_wants_the_language_gets_the_countrys(self, web):
        assert in_html(web.get("/subscribe/daily")) == in_html(web.get("/subscribe/daily?lang=pt")) == "pt-BR"
        assert "Português" not in web.get("/subscribe/daily").text

    def test_a_publishers_own_words_stay_as_they_are(self, web):
        for path in ("/", "/?lang=ar", "/subscribe/daily?lang=de"):
            assert "100% grátis, {todo} %(dia)s" in web.get(path).text


class TestPreferences:
    """A reader's own page."""

    def test_it_shows_the_choice_and_the_way_out_and_nothing_of_the_person(self, web, tokens, subscriber):
        page = web.get("/preferences/" + tokens.issue_preferences(subscriber("fr"), "daily"))
        assert page.status_code == 200
        assert in_html(page) == "fr"
        assert re.findall(r'name="language" value="(\w+)"( checked)?>', page.text) == [
            (tag, " checked" if tag == "fr" else "") for tag in LANGUAGES
        ]
        assert re.search(r'<bdi lang="en">English</bdi> <span class="optional">celle de la newsletter', page.text)
        assert "Ann" not in page.text
        assert "ann@" not in page.text
        [leaving] = re.findall(r'href="(/unsubscribe/[^"]+)"', page.text)
        assert web.get(leaving).status_code == 200
        assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")

    def test_saving_a_choice_answers_in_the_new_language(self, web, tokens, subscriber, language, sqlite_engine):
        address = "/preferences/" + tokens.issue_preferences(subscriber("en"), "daily")
        assert "Saved" not in web.get(address).text
        page = web.post(address, data={"language": "ar"})
        assert (in_html(page), language()) == ("ar", "ar")
        assert "تم الحفظ" in page.text
        assert in_html(web.get(address)) == "ar"
        with Session(sqlite_engine) as session:
            assert session.exec(select(Consent)).all() == []

    def test_looking_changes_nothing(self, web, tokens, subscriber, language):
        address = "/preferences/" + tokens.issue_preferences(subscriber("en"), "daily")
        web.get(address, params={"language": "fr", "lang": "fr"})
        web.head(address)
        assert language() == "en"

    @pytest.mark.parametrize("wanted", ["", "nl", "EN", "xx" * 1000, "\x00"])
    def test_what_is_not_offered_is_not_stored(self, web, tokens, subscriber, language, wanted):
        address = "/preferences/" + tokens.issue_preferences(subscriber("de"), "daily")
        page = web.post(address, data={"language": wanted})
        assert (in_html(page), language()) == ("de", "de")
        assert "Gespeichert" not in page.text

    @pytest.mark.parametrize("status", [Status.UNSUBSCRIBED, Status.PENDING])
    def test_who_is_not_on_the_list_has_nothing_to_choose(self, web, tokens, subscriber, language, status):
        address = "/preferences/" + tokens.issue_preferences(subscriber("es", status), "daily")
        for page in (web.get(address), web.post(address, data={"language": "fr"})):
            assert page.status_code == 410
            assert "Esta suscripción ha terminado" in page.text
        assert language() == "es"

    def test_no_other_token_opens_it(self, web, tokens, subscriber, language):
        number = subscriber("en")
        forged = Tokens(["another key altogether"])
        for token in (
            tokens.issue_unsubscribe(number, "daily"),
            tokens.issue_confirm(number, "daily"),
            forged.issue_preferences(number, "daily"),
            "%00%ff..",
        ):
            assert web.post(f"/preferences/{token}", data={"language": "fr"}).status_code == 404
        assert web.get("/preferences/" + tokens.issue_preferences(number + 1, "daily")).status_code == 410
        assert language() == "en"

    def test_their_own_choice_stands_before_what_an_address_asks(self, web, tokens, subscriber):
        number = subscriber("es")
        for address in (
            "/preferences/" + tokens.issue_preferences(number, "daily"),
            "/unsubscribe/" + tokens.issue_unsubscribe(number, "daily"),
            "/confirm/" + tokens.issue_confirm(number, "daily"),
        ):
            assert in_html(web.get(address, params={"lang": "fr"})) == "es"


@pytest.fixture
def letters(settings) -> Letters:
    house = House("Harbour & Post", "https://news.example.com", "https://mail.example.com", "1 Quay Street, Porto")
    return Letters(house, Tokens(settings.keys), page_renderer(), ReadersLanguages())


LETTER = Letter(Kind.CONFIRM, 7, "daily", "ann@example.com", "Ann", NOW)
DAILY = Publication("daily", "Harbour")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_letters_text_part_is_laid_out_in_short_lines_whatever_the_language(letters, kind, tag):
    mail = letters.write(replace(LETTER, kind=kind, language=tag), [DAILY])
    for line in mail.text.splitlines():
        assert columns(line) <= WIDTH or line.startswith("https://")
        assert line == line.strip()
    assert "\n\n\n" not in mail.text
    assert "\n" not in mail.subject
    assert f'lang="{tag}" dir="{"rtl" if tag == "ar" else "ltr"}"' in mail.html


@pytest.mark.parametrize("kind", [Kind.WELCOME, Kind.ALREADY])
def test_a_letter_to_a_subscriber_leads_to_their_preferences_and_one_to_a_stranger_does_not(letters, kind):
    door = "https://mail.example.com/preferences/"
    told = letters.write(replace(LETTER, kind=kind), [DAILY])
    assert door in told.text
    assert door in told.html
    asked = letters.write(LETTER, [DAILY])
    assert door not in asked.text + asked.html


def test_the_default_prompt_is_one_of_our_sentences():
    assert Newsletter.model_fields["prompt"].default == Publication("daily", "Harbour").prompt
    assert ReadersLanguages().translate(DAILY.prompt, "de") == "Abonnieren Sie kostenlos unseren täglichen Newsletter"
    assert ReadersLanguages().translate("", "de") == ""
