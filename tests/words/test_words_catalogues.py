"""What we say, we say in every language: the catalogues are complete, and hold what the English holds."""

import re
import subprocess
import sys
from gettext import c2py  # the standard library's reader of a catalogue's rule for plurals
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from digest.catalogues import LANGUAGES, direction_of, language_for, name_of, translations
from digest.compose.wording import Wording
from digest.errors import TemplateError
from digest.templating import templates_folder

ROOT = Path(__file__).parents[2]
OTHERS = [language for language in LANGUAGES if language != "en"]
NUMBERS = range(1200)


def catalogue(language: str) -> Catalog:
    with (templates_folder() / "locale" / f"{language}.po").open("rb") as lines:
        return read_po(lines, locale=language, abort_invalid=True)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


def blanks(text: str) -> set[str]:
    """What is filled in: ``{number}`` and ``%(title)s``."""
    return set(re.findall(r"%\((\w+)\)s", text)) | {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_catalogues_hold_what_code_and_templates_say_now():
    outcome = subprocess.run(
        [sys.executable, ROOT / ".ci" / "catalogues.py", "--check"], capture_output=True, text=True, timeout=60
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english_or_guessed(language):
    for message in messages(language):
        assert all(forms(message.string)), message.id
        assert not message.fuzzy, message.id
        assert len(forms(message.string)) == (catalogue(language).num_plurals if message.pluralizable else 1)


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_is_filled_in_with_what_the_english_is(language):
    catalog = catalogue(language)
    taken = [*map(c2py(catalog.plural_expr), NUMBERS)]
    for message in messages(language):
        wanted = blanks(forms(message.id)[0])
        for form, text in enumerate(forms(message.string)):
            # A form for one number alone may say it in a word, as Arabic does for two.
            says_it_itself = message.pluralizable and taken.count(form) == 1
            assert blanks(text) == wanted or (says_it_itself and blanks(text) == wanted - {"number", "count"}), text


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_brings_markup_of_its_own(language):
    assert not [message.id for message in messages(language) if re.search(r"[<>&]", str(message.string))]


@pytest.mark.parametrize("language", OTHERS)
def test_a_number_takes_the_form_that_its_language_gives_it(language):
    catalog = catalogue(language)
    form_of, rule = c2py(catalog.plural_expr), Locale(language).plural_form
    # The same numbers share a form here and in CLDR, whose "many" of Romance languages begins at a million.
    pairs = {(form_of(number), rule(number)) for number in NUMBERS}
    assert len(pairs) == len({ours for ours, _ in pairs}) == len({theirs for _, theirs in pairs}) == catalog.num_plurals


@pytest.mark.parametrize("language", OTHERS)
def test_counting_in_every_language_says_every_number(language):
    spoken = translations(language)
    for number in (3, 7, 11, 25, 100, 102, 111):
        words = spoken.ngettext("{number} story", "{number} stories", number)
        assert words.format(number=number) != words
        assert "stor" not in words


def test_french_never_breaks_a_line_before_its_high_punctuation():
    for message in messages("fr"):
        for text in forms(message.string):
            assert not re.search(r" [?!;:»]|« |[^\u202f][?!;]|[^\u00a0]:", text), text


def test_arabic_counts_as_arabic_does():
    spoken = translations("ar")
    told = [spoken.ngettext("{number} story", "{number} stories", number) for number in (1, 2, 3, 11, 100)]
    assert told == ["مقال واحد", "مقالان", "{number} مقالات", "{number} مقالًا", "{number} مقال"]


@pytest.mark.parametrize(
    ("wanted", "default", "language"),
    [
        ("fr", "en", "fr"),
        ("fr-CA", "en", "fr"),
        ("pt", "pt-BR", "pt-BR"),
        ("nl", "en", "en"),
        ("nl", "nl", "nl"),
        ("", "de", "de"),
        ("../../etc", "de", "de"),
        ("\x00", "de", "de"),
    ],
)
def test_a_reader_gets_the_language_they_want_when_we_speak_it(wanted, default, language):
    assert language_for(wanted, default) == language


@given(st.text(), st.sampled_from([*LANGUAGES, "pt-BR", "nl"]))
def test_whatever_is_asked_for_the_answer_is_a_language_of_ours_or_the_newsletters_own(wanted, default):
    assert language_for(wanted, default) in {*LANGUAGES, default}


def test_languages_are_named_in_themselves():
    assert [name_of(tag) for tag in LANGUAGES] == ["English", "Español", "Português", "Français", "Deutsch", "العربية"]
    assert name_of("pt-BR") == "Português (Brasil)"
    assert [tag for tag in LANGUAGES if direction_of(tag) == "rtl"] == ["ar"]


def test_a_publishers_own_words_stand_before_ours(tmp_path):
    (tmp_path / "locale").mkdir()
    own = tmp_path / "locale" / "de.po"
    own.write_text('msgid "Save"\nmsgstr "Merken"\n', encoding="utf-8")
    spoken = translations("de", tmp_path)
    assert (spoken.gettext("Save"), spoken.gettext("Preferences")) == ("Merken", "Einstellungen")
    own.write_text("this is no catalogue", encoding="utf-8")
    with pytest.raises(TemplateError, match=r"de\.po"):
        translations("de", tmp_path)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "12,345"),
        ("es", "12.345"),
        ("pt", "12.345"),
        ("fr", "12\u202f345"),
        ("de", "12.345"),
        ("ar", "12,345"),  # CLDR writes Arabic of no country in Latin digits
    ],
)
def test_a_number_is_written_as_its_reader_writes_it(language, written):
    wording = Wording(language, translations(language), {})
    assert wording.number(12345) == written
    assert wording.words(12345).startswith(written)
