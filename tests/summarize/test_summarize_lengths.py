"""The three lengths, and the publisher's own dek, on real articles in many languages."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from digest.domain import Article
from digest.summarize import IN_BRIEF, LEAD, STORY, Length, summarize, summarize_text
from digest.summarize.sentences import is_whole
from digest.summarize.weights import SENTENCE_FACTS, WORD_FACTS, shipped_weights
from digest.summarize.wording import open_quotes
from digest.summarize.words import count_words, tokens_of

Case = tuple[str, str, str, str]  # title, body, dek, language


@pytest.fixture(scope="module")
def cases(shared_data: Path) -> list[Case]:
    """Every article that we have the body and the dek of."""
    truth = json.loads((shared_data / "pages/ground-truth.json").read_text())
    pages = json.loads((shared_data / "pages/deks.json").read_text())
    wild = json.loads((shared_data / "deks/wild.json").read_text())
    return [(each["title"], truth[each["id"]]["articleBody"], each["dek"], each["lang"]) for each in pages] + [
        (each["title"], each["body"], each["dek"], each["language"]) for each in wild
    ]


@pytest.mark.parametrize("length", [LEAD, STORY, IN_BRIEF])
def test_every_length_is_kept_and_every_quotation_closed(cases: list[Case], length: Length) -> None:
    for title, body, _, language in cases:
        text = summarize_text(title, body, language, length.sentences, length.words)
        assert 0 < count_words(text) <= length.words
        assert not open_quotes(text) or open_quotes(" ".join(body.split()))


@pytest.mark.parametrize("length", [LEAD, STORY, IN_BRIEF])
def test_what_is_said_stands_in_the_article_in_its_order(cases: list[Case], length: Length) -> None:
    for title, body, _, language in cases:
        rest = iter(token.lower() for token in tokens_of(body))
        text = summarize_text(title, body, language, length.sentences, length.words)
        assert all(token.lower() in rest for token in tokens_of(text)), text


def test_in_brief_is_a_whole_sentence_nearly_always(cases: list[Case]) -> None:
    brief = [summarize_text(title, body, language, *IN_BRIEF) for title, body, _, language in cases]
    assert sum(text.endswith("…") for text in brief) <= 0.04 * len(brief)
    assert sum(is_whole(text) for text in brief) >= 0.9 * len(brief)


TEXT = (
    "The council voted on Monday to keep the night tram to the docks for three more years. "
    "Line 4 carries four hundred people every weekend. Drivers will pay for it with a higher parking fee."
)


@pytest.mark.parametrize(
    "dek",
    [
        "tram, council, docks, Porto, night, transport, parking",
        "By Ana Reis, City Desk, 3 May 2024, 10:15",
        "Foto: Der Nachttram in der Altstadt von Porto am Montag",
        "Your source for free recipes, horoscopes and weather since 1999.",
        "“We keep the tram, said the mayor of Porto on Monday night.",
        "The council voted on Monday to keep the night tram to the",
        "The night tram stays for three years, says the council…",
        "Suscríbase al boletín diario y reciba las noticias del tranvía.",
        "Abonnez-vous pour lire la suite sur le tram de nuit.",
    ],
)
def test_a_dek_that_says_nothing_of_the_story_is_left_out(dek: str) -> None:
    article = Article("https://a.example/", "Night tram stays for three years", TEXT, dek=dek, language="en")
    assert summarize(article).origin == "extract"


@pytest.mark.parametrize(
    ("language", "text", "dek"),
    [
        ("es", "El tranvía nocturno sigue tres años más. Lo pagan los conductores.", "El tranvía de la noche sigue."),
        ("pt", "O elétrico da noite continua por três anos. Pagam os condutores.", "O elétrico da noite continua."),
        ("fr", "Le tram de nuit reste trois ans de plus. Les voitures paient.", "Le tram de nuit reste en service."),
        (
            "de",
            "Die Nachttram bleibt drei Jahre. Autofahrer zahlen dafür.",
            "Die Nachttram bleibt den Leuten erhalten.",
        ),
    ],
)
def test_a_dek_in_any_language_comes_first(language: str, text: str, dek: str) -> None:
    dek = f"{dek[:-1]} – {text.split('.', maxsplit=1)[0].lower()}."
    summary = summarize(Article("https://a.example/", "Tram", text, dek=dek, language=language))
    assert (summary.text, summary.origin) == (dek, "dek")


def test_of_a_dek_too_long_for_the_place_its_first_sentence_is_taken() -> None:
    first = "The night tram to the docks will run for at least three more years."
    dek = f"{first} Drivers pay for it with a parking fee that the council raised on Monday after a long debate."
    article = Article("https://a.example/", "Council meets", TEXT, dek=dek, language="en")
    assert summarize(article, max_sentences=IN_BRIEF.sentences, max_words=IN_BRIEF.words).text == first
    assert summarize(article).text == dek


def test_in_brief_drops_an_aside_before_it_cuts() -> None:
    text = (
        "The council of the old city voted on Monday to keep the night tram to the docks for three more years, "
        "which nobody had expected after the long debate."
    )
    assert summarize_text("Tram", text, "en", *IN_BRIEF) == text.partition(", which")[0] + "."


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "市議会は月曜日、港へ向かう夜の電車を三年間残すと決めた。費用は運転手が払う駐車料金でまかなう。"),
        ("zh", "市议会周一决定将开往码头的夜间电车再保留三年时间。费用由司机支付的停车费承担解决。"),
        ("ar", "صوت المجلس يوم الاثنين على إبقاء الترام الليلي ثلاث سنوات أخرى. سيدفع السائقون ثمن ذلك."),
        ("hi", "परिषद ने सोमवार को रात की ट्राम को तीन और साल चलाने का फैसला किया। इसका खर्च चालक देंगे।"),
        ("ru", "Совет в понедельник решил сохранить ночной трамвай ещё на три года. Платят за это водители."),
        ("el", "Το συμβούλιο αποφάσισε τη Δευτέρα να κρατήσει το νυχτερινό τραμ για τρία χρόνια. Πληρώνουν οι οδηγοί."),
        ("th", "สภาเมืองมีมติเมื่อวันจันทร์ให้รถรางกลางคืนวิ่งต่อไปอีกสามปี"),
    ],
)
def test_a_text_in_any_script_gives_a_whole_sentence(language: str, text: str) -> None:
    summary = summarize_text("", text, language, *STORY)
    assert summary
    assert summary in text
    assert is_whole(summary)


def test_the_weights_travel_with_the_package_and_fit_the_facts() -> None:
    assert files("digest.summarize").joinpath("weights.json").is_file()
    weights = shipped_weights()
    assert [len(steps) for steps in weights.words] == list(WORD_FACTS.values())
    assert len(weights.sentences) == len(SENTENCE_FACTS)
