"""What the site put into an article goes; the article itself stays."""

from pathlib import Path

import pytest

from digest.collect import read_folder
from digest.collect.cleaning import clean
from digest.collect.origins import origin_of
from tests.collect.conftest import FEEDS

ARTICLE = [
    "The council decided on Monday to keep the night tram, which carries four hundred people home every weekend.",
    "“People should subscribe to the idea that a city does not end at midnight,” said Mayor Inês Prado.",
    "Reaction",
    "Shop owners on the quay, who had asked for the tram in a petition, were pleased. Drivers were less so.",
]


@pytest.mark.parametrize(
    "clutter",
    [
        "Subscribe free to our daily newsletter",
        "Sign up for our newsletter to get the news in your inbox",
        "Suscríbete gratis a nuestro boletín diario",
        "Inscreva-se gratuitamente na nossa newsletter",
        "Abonnez-vous gratuitement à notre newsletter",
        "Jetzt den kostenlosen Newsletter abonnieren und keine E-Mail verpassen",
        "Please follow and like us:",
        "Share this:",
        "Facebook Twitter WhatsApp",
        "Síguenos en Facebook",
        "Partager sur Twitter",
        "We use cookies to improve your experience.",
        "Read more: The harbour in winter",
        "Lire aussi : Le port en hiver",
        "Advertisement",
        "Photo: Ana Reis / The Post",
        "This post was originally posted on The Gull – View Original Article",
    ],
)
def test_clutter_goes_and_the_article_stays(clutter: str) -> None:
    paragraphs = [*ARTICLE[:2], clutter, *ARTICLE[2:]]
    assert clean("\n\n".join(paragraphs)).text == "\n\n".join(ARTICLE)


@pytest.mark.parametrize(
    "heading",
    [
        "Related Posts",
        "You may also like",
        "Artículos relacionados",
        "Leia também",
        "Articles similaires",
        "Ähnliche Artikel",
    ],
)
def test_related_posts_go_with_the_titles_below_them(heading: str) -> None:
    titles = ["Why the ferry is late again?", "Thirty years of the harbour choir, and still…", "The crane"]
    paragraphs = [*ARTICLE[:2], heading, *titles, *ARTICLE[3:]]
    assert clean("\n\n".join(paragraphs)).text == "\n\n".join([*ARTICLE[:2], *ARTICLE[3:]])


def test_an_author_box_at_the_end_goes_with_what_is_below_it() -> None:
    box = ["About the Author", "Ana Reis has lived by the harbour for eight years."]
    assert clean("\n\n".join([*ARTICLE, *box])).text == "\n\n".join(ARTICLE)


@pytest.mark.parametrize(
    "lead",
    [
        "Measles has come back to nine countries this winter, according to the World Health Organization (WHO).",
        "The minister leaves on Tuesday for two days of talks in the old imperial capital of Kyoto (Japan).",
    ],
)
def test_a_lead_that_ends_in_brackets_is_no_caption(lead: str) -> None:
    assert clean("\n\n".join([lead, *ARTICLE])).text == "\n\n".join([lead, *ARTICLE])


@pytest.mark.parametrize("heading", ["About the study", "About two years", "About The Harbour", "About Ana Reis"])
def test_a_heading_that_begins_with_about_does_not_end_the_article(heading: str) -> None:
    paragraphs = [*ARTICLE, *ARTICLE, heading, *ARTICLE]
    assert clean("\n\n".join(paragraphs)).text == "\n\n".join(paragraphs)


def test_a_box_named_after_its_author_goes_where_the_article_ends() -> None:
    box = ["About Ana Reis", "Ana Reis has lived by the harbour for eight years."]
    assert clean("\n\n".join([*ARTICLE, *box])).text == "\n\n".join(ARTICLE)


@pytest.mark.parametrize(
    "sentence",
    [
        "First published in 1925, the novel has sold ten million copies.",
        "Register for free by Friday to vote in the harbour election, the city says.",
        "Sign up for the ad-free plan for five euros a month",
        "Get rid of the newsletter that you never asked for, says the minister.",
        "Keep reading to your children even when they can read.",
        "Find us on the quay every Sunday.",
        "Compartir la ciudad es una necesidad.",
        "Teilen macht Freude.",
        "Registran alertas por lluvia en cinco provincias.",
    ],
)
def test_a_sentence_that_only_begins_like_clutter_stays(sentence: str) -> None:
    paragraphs = [*ARTICLE[:2], sentence, *ARTICLE[2:]]
    assert clean("\n\n".join(paragraphs)).text == "\n\n".join(paragraphs)


def test_nothing_of_a_plain_article_is_lost() -> None:
    assert clean("\n\n".join(ARTICLE)).text == "\n\n".join(ARTICLE)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("This post was originally posted on The Gull – View Original Article", "The Gull"),
        ("This article first appeared in The Gull.", "The Gull"),
        ("Originally published by The Gull", "The Gull"),
        ("This article was originally published on The Gull under a Creative Commons license.", "The Gull"),
        ("Publicado originalmente en La Gaviota", "La Gaviota"),
        ("First published on Mon 12 Nov 2018 06.00 GMT", ""),
        ("The story first appeared in a local paper on Monday.", ""),
        ("The ferry was first seen on Monday, when it appeared out of the fog and nobody had expected it.", ""),
    ],
)
def test_where_a_piece_first_appeared_is_kept(line: str, name: str) -> None:
    assert origin_of(line) == name


def test_an_article_comes_through_with_everything_around_it() -> None:
    [article] = read_folder(FEEDS / "folder")
    assert article.title == "The night tram stays, but nobody knows who pays for it"
    assert article.original_name == "The Gull"
    assert article.text == "\n\n".join(ARTICLE)


def test_the_sample_article_comes_through(shared_data: Path) -> None:
    [article] = read_folder(shared_data / "seed")
    assert article.title == "Russia withdraws personnel from Venezuela but maintains support for Maduro"
    assert article.original_name == "PanAm Post"
    assert article.text.startswith("U.S. president Donald Trump said on Twitter")
    assert article.text.endswith("Russia’s privileged access to Venezuela’s oil fields.")
    for clutter in ("Subscribe free", "Related Posts", "Elizabeth Warren", "Tiananmen", "follow and like", "About the"):
        assert clutter not in article.text
    assert "Russia and its economic interests" in article.text
