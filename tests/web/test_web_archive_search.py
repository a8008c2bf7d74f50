"""Search in the archive: what it finds, how it shows it, and what it takes for the same word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from digest.web.archive.search import Index
from digest.web.archive.words import MOST_WORDS, excerpt, folded, held, marked, needles
from tests.web.conftest import Told, store_issue


def found(index: Index, query: str) -> list[int]:
    return index.numbers(needles(query))


@pytest.fixture
def index(engine) -> Index:
    """An index of the daily, on each kind of database."""
    index = Index(engine, "daily")
    store_issue(engine, 1, subject="Nineteen minutes to Heron Island", stories=[Told("Bread", "The ferry at dawn.")])
    store_issue(engine, 2, subject="Łódź und die Straßenbahn", preheader="Außerdem: L’Été 100% _wild_", intro="Moin!")
    store_issue(engine, 3, subject="الكِتاب في المدينة", stories=[Told("東京湾の渡し船")])
    store_issue(engine, 4, "draft", subject="A ferry of tomorrow")
    store_issue(engine, 1, subject="A ferry of another newsletter", newsletter="weekly")
    return index


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("ferry island", [1]),
        ("FERR", [1]),
        ("dawn, “bread”!", [1]),
        ("island zebra", []),
        ("erry", []),
        ("lodz", [2]),
        ("STRASSEN", [2]),
        ("été", [2]),
        ("ete", [2]),
        ("كتاب", [3]),
        ("渡し船", [3]),
        ("e", [2]),
        ("1' OR '1'='1", []),
        ("head", [2]),
        ("moin", [2]),
    ],
)
def test_all_words_must_begin_some_word_whatever_their_case_and_accents(index, query, numbers):
    assert found(index, query) == numbers


def test_what_was_sent_since_is_found_and_what_was_taken_back_is_not(engine, index):
    assert found(index, "tram") == []
    store_issue(engine, 6, subject="A new tram")
    store_issue(engine, 5, "sending", subject="A tram under way")
    assert found(index, "tram") == [6]
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE issue SET state = 'sent' WHERE number = 5")
    assert found(index, "tram") == [6, 5]
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE issue SET state = 'cancelled' WHERE number = 6")
    assert found(index, "tram") == [5]


def test_hits_are_marked_and_the_rest_stays_text(web, issue):
    issue(
        1, subject="<i>Ferries</i> & gulls", stories=[Told("The <b>ferry</b>", "Six ferries."), Told("Bread", "None.")]
    )
    page = html.fromstring(web.get("/archive/daily", params={"q": "ferr"}).text)
    assert [mark.text for mark in page.xpath("//main//mark")] == ["Ferries", "ferry"]
    assert not page.xpath("//main//i | //main//b")
    assert "Bread" not in page.text_content()


def test_a_summary_is_shown_for_a_word_that_its_headline_does_not_hold(web, issue):
    issue(1, stories=[Told("The ferry", "It left Heron Island at dawn."), Told("Bread", "Baked by the tide table.")])
    page = html.fromstring(web.get("/archive/daily?q=ferry+island").text)
    assert [mark.text for mark in page.xpath("//main//mark")] == ["ferry", "Island"]
    assert "tide table" not in page.text_content()


def test_of_a_long_summary_the_words_around_the_hit_are_shown():
    text = f"{'before ' * 20}the ferry, {'after ' * 40}"
    pieces = excerpt(marked(text, needles("ferry")))
    assert [piece.text for piece in pieces if piece.hit] == ["ferry"]
    shown = "".join(piece.text for piece in pieces)
    assert shown.startswith("…before ")
    assert shown.endswith("after…")
    assert len(shown) < 180
    assert excerpt(marked("The ferry", needles("ferry"))) == marked("The ferry", needles("ferry"))


def test_results_go_back_page_by_page(web, issue):
    for number in range(1, 46):
        issue(number, subject=f"Ferry {number}")
    seen, path = [], "/archive/daily?q=ferry"
    while path:
        page = html.fromstring(web.get(path).text)
        assert "45 issues" in page.text_content()
        seen += [int(href.rpartition("/")[2]) for href in page.xpath('//ul[@class="past"]/li/a/@href')]
        path = next(iter(page.xpath('//a[contains(@rel, "next")]/@href')), "")
    assert seen == list(range(45, 0, -1))


def test_a_search_that_finds_nothing_says_so_and_asks_again(web, issue):
    issue(1)
    page = html.fromstring(web.get("/archive/daily", params={"q": 'zebra "><script>'}).text)
    assert "No issue has all of these words" in page.text_content()
    assert page.xpath('//input[@name="q"]/@value') == ['zebra "><script>']
    assert not page.xpath("//script")


@pytest.mark.parametrize("query", ["", "   ", "…", "%", "\x00", "a" * 5000, "x " * 3000, "\ud83d"])
def test_any_query_is_answered(web, issue, query):
    issue(1)
    sent = query.encode("utf-8", "surrogatepass")
    assert web.get("/archive/daily", params={"q": sent}).status_code == 200


def test_a_query_counts_no_more_words_than_it_may():
    assert len(needles(" ".join("abcdefghijklmnopqrstuvw"))) == MOST_WORDS


@given(st.text())
def test_marking_changes_no_text(text):
    import unicodedata

    pieces = marked(text, needles(text))
    assert "".join(piece.text for piece in pieces) == unicodedata.normalize("NFC", text)


@given(st.text(max_size=60))
def test_a_text_holds_every_word_that_is_asked_of_it(text):
    wanted = needles(text)
    assert held(text, wanted) == frozenset(wanted)


@given(st.text(), st.text(max_size=3))
def test_an_excerpt_says_nothing_that_the_text_does_not(text, query):
    pieces = marked(text, needles(query))
    shown = "".join(piece.text for piece in excerpt(pieces)).strip("…")
    assert shown in "".join(piece.text for piece in pieces)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)
