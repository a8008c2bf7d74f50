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
        "The tram costs 3.5m euros, said Ruiz; 'We will keep the night tram,' she told the Commission.",
        "It costs 3,500,000 euros, and nine voted against the night tram.",
    ],
)
def test_what_its_source_says_in_other_words_is_grounded(text: str) -> None:
    assert ungrounded(text, ARTICLE, "en") == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The tram costs 35 million euros.", "the number “35 million”"),
        ("It costs 3.5 billion euros.", "the number “3.5 billion”"),
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
        ("It costs 3.5 euros, said the mayor.", "the number “3.5”"),
        ("It costs 12 million euros, said the mayor.", "the number “12 million”"),
        ("Fifty-one people had signed, said the mayor.", "the number “fifty-one”"),
        ("The second mayor of Port Almara said that people had signed.", "the number “second”"),
        ("A quarter of the people had signed, said the mayor.", "the number “quarter”"),
        ("The tram costs twice as much as in 2025.", "the number “twice”"),
        ("The mayor said in mid-June that people had signed.", "the date “june”"),
        ("'We will never keep the night tram,' she told the Commission.", "the quotation “We will never"),
        ("The mayor of Port Almaraz said that people had signed.", "the name “Almaraz”"),
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


TOLD = {
    "de": "Die Bürgermeisterin Anna Berg sagte in Porto: „Wir behalten die Nachttram“. Sie kostet 3,5 Millionen Euro, "
    "zwölf Prozent mehr. Karl Weber von der Reederei Sela war dagegen. Einundzwanzig stimmten dafür.",
    "es": "La alcaldesa Ana Ruiz dijo en Porto: «Vamos a mantener el tranvía». Cuesta 3,5 millones de euros, un doce "
    "por ciento más. Pedro Gil, de la naviera Sela, se opuso. Veintiuno votaron a favor.",
    "fr": "La maire Anne Rey a dit à Porto : « Nous gardons le tram ». Il coûte 3,5 millions d’euros, douze pour cent "
    "de plus. Pierre Blanc, de la compagnie Sela, s’y opposait. Dix-neuf ont voté pour.",
    "pt": "A prefeita Ana Reis disse em Porto: “Vamos manter o bonde”. Custa 3,5 milhões de euros, doze por cento a "
    "mais. Pedro Lima, da empresa Sela, foi contra. Dezenove votaram a favor.",
}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Sie kostet 3,5 Milliarden Euro, sagte die Bürgermeisterin."),
        ("de", "Karl Berg war gegen die Nachttram."),
        ("de", "Zweiundzwanzig stimmten für die Nachttram in Porto."),
        ("de", "Die zweite Nachttram kostet zwölf Prozent mehr."),
        ("de", "„Wir behalten keine Nachttram“, sagte die Bürgermeisterin."),
        ("es", "Cuesta 3,5 mil millones de euros, dijo la alcaldesa."),
        ("es", "Ana Gil, alcaldesa de Porto, dijo que cuesta más."),
        ("es", "Veintidós votaron a favor, dijo la alcaldesa."),
        ("es", "La mitad votaron a favor, dijo la alcaldesa."),
        ("es", "«Vamos a cerrar el tranvía», dijo la alcaldesa."),
        ("fr", "Il coûte 3,5 milliards d’euros, a dit la maire."),
        ("fr", "Anne Blanc, de la compagnie Sela, s’y opposait."),
        ("fr", "La maire a dit que dix-huit ont voté pour."),
        ("fr", "La moitié ont voté pour, a dit la maire."),
        ("fr", "La maire a dit : « Nous fermons le tram »."),
        ("pt", "Custa 3,5 bilhões de euros, disse a prefeita."),
        ("pt", "Ana Lima, da empresa Sela, foi contra."),
        ("pt", "A prefeita disse que dezoito votaram a favor."),
        ("pt", "O segundo bonde custa doze por cento a mais."),
        ("pt", "A prefeita disse em Porto: “Vamos fechar o bonde”."),
    ],
)
def test_a_changed_fact_is_found_in_every_language(language: str, text: str) -> None:
    assert ungrounded(TOLD[language], TOLD[language], language) == ""
    assert ungrounded(text, TOLD[language], language) != ""
    assert "too far" not in ungrounded(text, TOLD[language], language)


@pytest.mark.parametrize(("name", "other"), [("Australia", "Austria"), ("Niger", "Nigeria"), ("Marina", "Marino")])
def test_a_name_like_another_is_another(name: str, other: str) -> None:
    source = f"The ferry came from {name} on its first voyage."
    assert ungrounded(f"The ferry came from {name}.", source, "en") == ""
    assert ungrounded(f"The ferry came from {other}.", source, "en") == f"the name “{other}” is not in the article"


def test_most_of_what_editors_copied_is_grounded(shared_data: Path) -> None:
    bodies = json.loads((shared_data / "pages" / "ground-truth.json").read_text())
    cases = json.loads((shared_data / "pages" / "deks.json").read_text())
    found = []
    for case in cases:
        if case["copied"] >= 0.5:
            source = f"{case['title']}\n{bodies[case['id'].partition('.')[0]]['articleBody']}"
            found.append(ungrounded(case["dek"], source))
    told = [why for why in found if "has no place" not in why]
    assert told.count("") >= 0.95 * len(told) > 30


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
