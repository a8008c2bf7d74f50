"""Where a sentence ends, when it hangs in the air, and what it can do without."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarize.sentences import is_whole, split_paragraphs, split_sentences
from digest.summarize.trimming import shorter, without_lead_in
from digest.summarize.wording import hangs, is_byline, open_quotes


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("What it costs\nThe tram costs a million.", ["What it costs", "The tram costs a million."]),
        ("- Wash the pears.\n- Boil them", ["Wash the pears.", "Boil them"]),
        ("He fitted the boiler\nand left.", ["He fitted the boiler and left."]),
        ("Am 12. Mai beginnt die 2. Runde. Dann der 1. Spieltag.", None),
        ("Sie zog nach St. Gallen, ca. 80 km weit, zu Prof. Dr. Meier bzw. Frau Kuhn. Gut.", None),
        ("Apple Inc. Chief Tim Cook spoke. The U.S. Army did not.", None),
        ("He works for Apple Inc. The firm is big.", ["He works for Apple Inc.", "The firm is big."]),
        ("Bread, butter, etc. The shop sells all.", ["Bread, butter, etc.", "The shop sells all."]),
        ("En el núm. 4 de la Avda. Colón vive la Sra. Díaz. Hoy no.", None),
        ("Il cite l’art. 3 et M. Durand. Puis il part.", None),
        ("„Wir bleiben. Wir gehen nicht.“ Dann sprach er.", ["„Wir bleiben. Wir gehen nicht.“", "Dann sprach er."]),
        ("»Komm. Jetzt!« Er kam.", ["»Komm. Jetzt!«", "Er kam."]),
        ("He left.[12] She stayed.", ["He left.[12]", "She stayed."]),
        ("The vote was lost.The mayor left.", ["The vote was lost.", "The mayor left."]),
        ("See www.example.org/a.b for more. Node.js is fine.", None),
        ("MIAMI, FLA. (WSVN) - A crash closed the road.", ["MIAMI, FLA. (WSVN) - A crash closed the road."]),
    ],
)
def test_a_sentence_ends_where_a_reader_would_say_so(text: str, sentences: list[str] | None) -> None:
    found = split_sentences(text)
    assert found == (sentences if sentences is not None else found[:2])
    if sentences is None:
        assert len(found) == 2


def test_lines_broken_by_their_width_are_one_paragraph() -> None:
    wrapped = (
        "The council voted on Monday evening to keep the night tram\n"
        "Line 4 to the old docks, which carries four hundred people\n"
        "Every weekend. It had been about to be cut for good, they\nsaid."
    )
    assert len(list(split_paragraphs(wrapped))) == 1


def test_a_quotation_is_never_torn_apart_however_long() -> None:
    said = "“" + "We keep the tram. " * 25 + "We do.”"
    assert split_sentences(f"The mayor spoke. {said} She left.") == ["The mayor spoke.", said, "She left."]


@given(st.text(alphabet="aB .!?\n“”\"„()'2", max_size=120))
def test_nothing_of_a_text_is_lost_between_its_sentences(text: str) -> None:
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("language", "hanging", "standing"),
    [
        ("en", "In 2019, she moved to Porto for good.", "In 2019, Ana Reis moved to Porto for good."),
        ("en", "All of those things are good for you.", "All cats are grey by night in this town."),
        ("en", "For this reason the council met again.", "This week the council met again in Porto."),
        ("en", "“I never saw the boiler,” he said on Tuesday.", "“I never saw it,” Andrew Hartley told the court."),
        ("en", "“I never saw the boiler in my life.”", "“No boiler is safe,” the judge told the court."),
        ("en", "Reaching Mars, however, hasn’t.", "Reaching Mars, however, has not been easy."),
        ("en", "The two met again in May.", "The mayor met the council in May."),
        ("es", "Lo hicieron los organismos el jueves.", "Lo que importa es el precio del tranvía."),
        ("es", "Este motivo bastó para cerrar la línea.", "Este martes llegó el tranvía a la ciudad."),
        ("pt", "Nesse caso o elétrico deixa de circular.", "Nesta cidade o elétrico circula de noite."),
        ("fr", "Pour cette raison, la ville a renoncé.", "Cette semaine, la ville a renoncé au tram."),
        ("de", "Das bestätigt eine neue Studie der Stadt.", "Das neue Museum öffnet am Samstag."),
        ("de", "Aus diesem Grund fährt die Bahn länger.", "In diesem Jahr fährt die Bahn länger."),
        ("de", "Unter anderem sollen die Bahnen neu werden.", "Unter der Brücke sollen die Bahnen neu werden."),
        ("en", "Among them was the mayor of the town.", "Among friends of the tram, joy was great."),
        ("de", "2019 zog er mit der Familie nach Graz.", "2019 zog Anna Berg mit der Familie nach Graz."),
        ("ja", "しかし市は反対した。", "市は夜の電車を残すと決めた。"),
        ("ru", "Он заявил об этом во вторник.", "Мэр Порту заявил об этом во вторник."),
    ],
)
def test_a_sentence_hangs_when_what_it_speaks_of_was_named_before(language: str, hanging: str, standing: str) -> None:
    assert hangs(hanging, language)
    assert not hangs(standing, language)


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("LISBON, Portugal (Reuters) — The tram stays.", "The tram stays."),
        ("VIENNA — The house will be a police station.", "The house will be a police station."),
        ("Husum (iwr-pressedienst) - Der Strom fließt.", "Der Strom fließt."),
        ("However, the tram stays.", "The tram stays."),
        ("Por otra parte, el tranvía sigue.", "El tranvía sigue."),
        ("The tram – the old one – stays.", "The tram – the old one – stays."),
        ("But the tram stays.", "But the tram stays."),
    ],
)
def test_a_dateline_and_a_connective_come_off(sentence: str, left: str) -> None:
    assert without_lead_in(sentence) == left


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        (
            "The boiler was fitted at home by Andrew Hartley, who lives in Radstock.",
            "The boiler was fitted at home by Andrew Hartley.",
        ),
        (
            "Two men (both of Porto) were held in the hall, police said on Tuesday.",
            "Two men were held in the hall, police said.",
        ),
        (
            "Two men have been killed in the hall, the police said in a statement on Wednesday.",
            "Two men have been killed in the hall, the police said.",
        ),
        (
            "La ciudad mantendrá el tranvía nocturno este año, anunció en un comunicado el martes.",
            "La ciudad mantendrá el tranvía nocturno este año, anunció.",
        ),
        ("La ville garde le tram de nuit jusqu’au port, dont le quai est neuf.", None),
        ("Two men stole the tram at night, police said.", None),
        ("Das Wendland liegt im (nord)östlichen Zipfel von Niedersachsen an der Elbe.", None),
        ("The boiler was fitted at home by a man, who is not a plumber.", None),
        ("This is not the welcome that the mayor — who paid for all of it — has come to expect.", None),
        ("The mayor will leave the hall next week, unless the council agrees.", None),
        ("The mayor took the money at night, after what prosecutors allege was a bribe.", None),
        ("Der Mann stahl die Bahn in der Nacht, laut Polizei am Dienstag.", None),
        ("“We keep the tram, which I love, for all of you,” said the mayor.", None),
    ],
)
def test_an_aside_comes_off_but_never_what_the_truth_hangs_on(sentence: str, left: str | None) -> None:
    found = list(shorter(sentence))
    if left is None:
        assert all(each.startswith("La ville") for each in found)
    else:
        assert left in found


@given(
    st.lists(
        st.sampled_from(
            "The mayor said (today) , who lives in Porto , not including Ana “we , which stay” on Tuesday – a b".split()
        ),
        min_size=4,
        max_size=30,
    )
)
def test_what_is_left_stands_in_the_sentence_in_its_order(words: list[str]) -> None:
    sentence = " ".join(words).replace(" ,", ",") + "."
    for left in shorter(sentence):
        rest = iter(sentence)
        assert all(letter in rest for letter in left)
        assert left.count("not") == sentence.count("not")
        assert left.count("“") == sentence.count("“")


@pytest.mark.parametrize(
    ("sentence", "opened"),
    [
        ('He said “yes” and «si» and "no".', False),
        ("Er sagte »ja« und „nein“.", False),
        ("“We will stay, she said.", True),
        ('"We will stay, she said.', True),
        ("We will stay,” she said.", True),
        ("「はい」と言った。", False),
    ],
)
def test_an_open_quotation_is_seen(sentence: str, opened: bool) -> None:
    assert bool(open_quotes(sentence)) is opened


def test_a_heading_is_not_a_whole_sentence() -> None:
    assert not is_whole("What it costs")
    assert all(is_whole(each) for each in ("It costs.", "„Ja.“", "他来了。", "यह पहला है।", "รถรางจะวิ่งต่อไป"))


def test_a_byline_and_a_caption_say_nothing_of_the_story() -> None:
    assert is_byline("By Ana Reis, 3 May 2024")
    assert is_byline("Foto: Max Muster")
    assert not is_byline("By the river stands a tram that nobody drives any more.")
