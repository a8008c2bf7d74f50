"""A text is grounded when every number, name, date and quotation in it stands in its source."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarize.grounding import ungrounded
from digest.summarize.sentences import split_sentences

ARTICLE = """Ana Maria Ruiz, the mayor of Port Almara, said on Tuesday that 1,250 people had signed. “We will keep the
night tram,” she told the European Commission in January. It costs 3.5 million euros, 12 per cent more than in 2025.
Nine members voted against it; the U.S. embassy had no comment."""


@pytest.mark.parametrize(
    "text",
    [
        "Mayor Ana Ruiz keeps the night tram, which 1250 people asked for.",
        "In January the mayor told the European Commission: “We will keep the night tram.”",
        "The tram costs €3.5 million, 12% more than in 2025; 9 members voted against it.",
        "Port Almara's mayor said on Tuesday that people had signed.",
        "The night tram stays, said the mayor.",
    ],
)
def test_what_its_source_says_in_other_words_is_grounded(text: str) -> None:
    assert ungrounded(text, ARTICLE, "en") == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The tram costs 35 million euros.", "the number “35”"),
        ("It costs 3.5 billion euros.", "the number “billion”"),
        ("It costs 3.5 million dollars.", "the unit “dollar”"),
        ("Eight members voted against the night tram.", "the number “eight”"),
        ("On Wednesday the mayor said that people had signed.", "the date “wednesday”"),
        ("The mayor told the European Commission in March.", "the date “march”"),
        ("Maria Commission said that people had signed.", "the name “Maria Commission”"),
        ("Elena said that people had signed for the night tram.", "the name “Elena”"),
        ("The mayor of Lisbon said that people had signed.", "the name “Lisbon”"),
        ("The NATO embassy had no comment on the tram.", "the name “NATO”"),
        ("“We will never keep the night tram,” the mayor told the Commission.", "the quotation “We will never"),
        ("The tram stays, see example.com for the night tram.", "“example.com” has no place"),
        ("The night tram stays 🎉 said the mayor.", "has no place"),
        ("Quantum gravity puzzles physicists everywhere again.", "too far from the article's"),
    ],
)
def test_what_its_source_does_not_say_is_told(text: str, reason: str) -> None:
    assert reason in ungrounded(text, ARTICLE, "en")


@pytest.mark.parametrize(
    ("language", "source", "good", "bad"),
    [
        (
            "es",
            "El alcalde firmó en enero dos acuerdos por 1.200 euros.",
            "El alcalde firmó 2 acuerdos en enero.",
            "El alcalde firmó tres acuerdos en enero.",
        ),
        (
            "pt",
            "O prefeito assinou em março dois acordos.",
            "O prefeito assinou 2 acordos em março.",
            "O prefeito assinou dois acordos em maio.",
        ),
        (
            "fr",
            "Le maire a signé lundi trois accords.",
            "Lundi, le maire a signé trois accords.",
            "Mardi, le maire a signé trois accords.",
        ),
        (
            "de",
            "Die Bürgermeisterin unterschrieb am Montag zwei Verträge.",
            "Am Montag unterschrieb die Bürgermeisterin zwei Verträge.",
            "Am Montag unterschrieb der Kanzler zwei Verträge.",
        ),
        (
            "zh",
            "市议会周一晚上决定将通往码头的夜间电车再保留三年。",
            "市议会决定将夜间电车再保留三年。",
            "总统宣布明天访问北京并会见记者。",
        ),
        (
            "ar",
            "قرر المجلس مساء الاثنين الإبقاء على الترام الليلي",
            "قرر المجلس الإبقاء على الترام الليلي",
            "أعلن الرئيس زيارة القاهرة غدا صباحا",
        ),
    ],
)
def test_it_holds_in_other_languages(language: str, source: str, good: str, bad: str) -> None:
    assert ungrounded(good, source, language) == ""
    assert ungrounded(bad, source, language) != ""


def test_the_sentences_of_real_articles_are_grounded_in_them(shared_data: Path) -> None:
    told = refused = 0
    for case in json.loads((shared_data / "deks" / "wild.json").read_text()):
        for sentence in split_sentences(case["body"])[:3]:
            told += 1
            why = ungrounded(sentence, case["body"], case["language"])
            refused += bool(why) and "has no place" not in why
    assert refused / told < 0.02


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["en", "de", "zh", "", "xx"]))
def test_any_text_has_an_answer(text: str, source: str, language: str) -> None:
    assert isinstance(ungrounded(text, source, language), str)
