"""Headlines, subjects and preheaders: whole, true, calm, and of their length."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarize import clean_headline, preheader, subject_line
from digest.summarize.cutting import shorten, whole_part
from digest.summarize.headlines import alike

POST = "The Harbour Post"


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("The tram stays | The Harbour Post", "The tram stays"),
        ("The tram stays - Harbour Post", "The tram stays"),
        ("Harbour Post: The tram stays", "The tram stays"),
        ("Night tram to the docks stays | Transport | News | The Harbour Post", "Night tram to the docks stays"),
        ("The tram stays – for three years", "The tram stays – for three years"),
        ("Licence fee – a harbour post is vacant again", "Licence fee – a harbour post is vacant again"),
        ("The tram stays.", "The tram stays"),
        ("The tram stays!!!", "The tram stays"),
        ("Does the tram stay?!?", "Does the tram stay?"),
        ("BREAKING: The tram stays", "The tram stays"),
        ("Eilmeldung: Die Tram bleibt", "Die Tram bleibt"),
        ("THE NIGHT TRAM STAYS", "The night tram stays"),
        ("NATO meets in Porto", "NATO meets in Porto"),
        ("Classificação NASCAR", "Classificação NASCAR"),
        ("The VW ID. SPACE VIZZION is a weird electric wagon", "The VW ID. SPACE VIZZION is a weird electric wagon"),
        ("Welt\u00adernährungs\u00adprogramm", "Welternährungsprogramm"),
        ("  The \n tram  ", "The tram"),
    ],
)
def test_a_headline_is_the_title_and_nothing_else(title: str, headline: str) -> None:
    assert clean_headline(title, POST) == headline


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Sentra is what we want - VG247", "https://www.vg247.com/1"),
        ("Sentra is what we want - The GiveWell Blog", "https://blog.givewell.org/1"),
        ("Sentra is what we want - SpaceNews.com", "https://spacenews.com/1"),
        ("Sentra is what we want • St. Galler Tagblatt", "https://www.st-galler-tagblatt.ch/1"),
    ],
)
def test_a_site_is_known_by_its_address_too(title: str, url: str) -> None:
    assert clean_headline(title, url=url) == "Sentra is what we want"
    assert clean_headline(title, url="https://elsewhere.example/") == title


def test_names_in_a_shouted_headline_are_written_as_in_the_text() -> None:
    text = "In Porto, Anna Berg of NATO spoke of the tram. The tram stays, said Berg."
    assert clean_headline("ANNA BERG OF NATO SAVES PORTO’S TRAM", text=text) == "Anna Berg of NATO saves Porto’s tram"
    assert clean_headline("IN PORTO BLEIBT DIE TRAM", text=text + " Die Tram") == "In Porto bleibt Die tram"


@pytest.mark.parametrize(
    ("headline", "part"),
    [
        (
            "Council votes to keep the night tram to the docks, after four hours of debate",
            "Council votes to keep the night tram to the docks",
        ),
        (
            "Jose Mourinho agrees deal to replace Mauricio Pochettino as Tottenham manager",
            "Jose Mourinho agrees deal to replace Mauricio Pochettino",
        ),
        (
            "16-inch MacBook Pro review: The keyboard is probably enough to convince those waiting",
            "The keyboard is probably enough to convince those waiting",
        ),
        (
            "The VW ID. SPACE VIZZION is a weird EV sports wagon with a secret message",
            "The VW ID. SPACE VIZZION is a weird EV sports wagon",
        ),
        (
            "Líder do grupo de sequestradores que tinha PMs foi morto em confronto policial",
            "Líder do grupo de sequestradores que tinha PMs foi morto",
        ),
        (
            "El Nacional recibirá cartas abiertas con las denuncias de los venezolanos",
            "El Nacional recibirá cartas abiertas",
        ),
        (
            "Land zahlte rund 1,4 Millionen Euro Erlegungsprämie für Wildschweine im Jagdjahr 2020/2021",
            "Land zahlte rund 1,4 Millionen Euro Erlegungsprämie",
        ),
        (
            "L’hôpital de Nantes ouvre un service de nuit pour les enfants malades de la région",
            "L’hôpital de Nantes ouvre un service de nuit",
        ),
    ],
)
def test_a_long_headline_gives_a_part_that_is_whole(headline: str, part: str) -> None:
    assert shorten(headline, 60) == part


@pytest.mark.parametrize(
    "headline",
    [
        pytest.param("The bank will not raise its rates for house owners in the city until June", id="until"),
        pytest.param("Council never promised to keep the night tram for more than three years", id="negated"),
        pytest.param("So steht die Bundesliga-Tabelle nach dem zehnten Spieltag ohne Fehlurteile da", id="German verb"),
        pytest.param("How does the brain turn unconscious information into conscious thought?", id="question"),
        pytest.param("Owner of the old lighthouse set the fire himself on Monday night: police say", id="who says it"),
        pytest.param("Russia and Syria: U.S.-backed Syrian Forces Blocking Refugee Return", id="who claims it"),
        pytest.param("The sailors: “We stay here on this quay, whatever the sea may do to us all”", id="quotation"),
        pytest.param("A grant to prototype the ferries, test, and scale what is promising there", id="list"),
        pytest.param("When you take the ferry every single day, this is what happens to you", id="subordinate"),
    ],
)
def test_no_part_says_something_else_than_the_whole(headline: str) -> None:
    assert whole_part(headline, 60) == ""


def test_where_no_part_is_whole_a_cut_is_marked_and_ends_on_no_small_word() -> None:
    cut = shorten("Council votes thirteen to eight to keep the night tram to the old docks running", 60)
    assert cut == "Council votes thirteen to eight to keep the night tram…"
    assert shorten("The old harbour lighthouse burns down (see our full report of the night)", 60).count("(") == 0


def test_a_subject_is_one_that_needs_no_cut_where_there_is_one() -> None:
    lead = "Council votes thirteen to eight to keep the night tram to the old docks running"
    assert subject_line([lead, "The ferry sails without a sound"]) == "The ferry sails without a sound"
    assert subject_line([lead]).endswith("…")


def test_a_subject_of_two_words_gains_a_detail() -> None:
    assert subject_line(["Opening Bell", "The ferry sails"]) == "Opening Bell · The ferry sails"
    assert preheader(["Opening Bell", "The ferry sails", "The crane is saved"], "Opening Bell · The ferry sails") == (
        "The crane is saved"
    )


def test_a_subject_is_never_one_of_late_nor_like_it() -> None:
    assert subject_line(["The tram stays", "The ferry sails"], ["The tram stays"]) == "The ferry sails"
    assert subject_line(["The night tram stays", "The ferry sails"], ["Night tram stays!"]) == "The ferry sails"
    assert subject_line(["The tram stays"], ["The tram stays", "The tram stays (2)"]) == "The tram stays (3)"


def test_the_preheader_gives_the_next_two_away() -> None:
    headlines = ["The lead is this", "The ferry sails", "The crane is saved", "More"]
    assert preheader(headlines) == "The ferry sails · The crane is saved"
    assert preheader(headlines, "The ferry sails") == "The lead is this · The crane is saved"
    assert preheader(["Lead"]) == preheader([]) == ""


TEXT = st.text(min_size=1, max_size=200) | st.lists(
    st.sampled_from("The tram of Porto, stays: für – Anna’s “docks” (not) in 12 und was? until | 市议会 ，".split()),
    max_size=30,
).map(" ".join)


@given(st.lists(TEXT, max_size=5), st.lists(TEXT, max_size=3))
def test_subject_and_preheader_are_never_too_long_nor_the_same_as_of_late(
    headlines: list[str], known: list[str]
) -> None:
    recent = [*known, subject_line(headlines)]
    subject = subject_line(headlines, recent)
    assert len(subject) <= 60
    assert not subject or subject not in recent
    assert len(preheader(headlines, subject)) <= 110


@given(TEXT, st.integers(min_value=20, max_value=120))
def test_a_whole_part_is_a_part(text: str, length: int) -> None:
    part = whole_part(text, length)
    assert len(part) <= length
    assert part[1:] in text


def test_the_subjects_of_real_titles_need_no_cut(shared_data: Path) -> None:
    dice = random.Random(3)
    cases = json.loads((shared_data / "pages" / "deks.json").read_text())
    cases += json.loads((shared_data / "deks" / "wild.json").read_text())
    headlines = [clean_headline(case["title"]) for case in cases]
    issues = [dice.sample(headlines, 5) for _ in range(300)]
    subjects = [subject_line(issue) for issue in issues]
    assert not any("…" in subject[-1:] for subject in subjects)
    both = [" · " in preheader(issue, subject) for issue, subject in zip(issues, subjects, strict=True)]
    assert sum(both) >= 0.97 * len(both)


def test_likeness_is_of_words() -> None:
    assert alike("The night tram stays", "Why the night tram stays in Porto")
    assert not alike("Opening Bell 11.18.19", "Opening Bell 11.19.19")
    assert not alike("", "")
