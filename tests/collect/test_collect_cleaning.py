"""What the site put into an article goes; the article itself stays."""

from pathlib import Path

import pytest

from digest.collect import read_folder
from digest.collect.cleaning import clean, origin_of

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


def test_nothing_of_a_plain_article_is_lost() -> None:
    assert clean("\n\n".join(ARTICLE)).text == "\n\n".join(ARTICLE)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("This post was originally posted on The Gull – View Original Article", "The Gull"),
        ("This article first appeared in The Gull.", "The Gull"),
        ("Originally published by The Gull", "The Gull"),
        ("Publicado originalmente en La Gaviota", "La Gaviota"),
        ("The ferry was first seen on Monday, when it appeared out of the fog and nobody had expected it.", ""),
    ],
)
def test_where_a_piece_first_appeared_is_kept(line: str, name: str) -> None:
    assert origin_of(line) == name


def test_the_sample_article_comes_through(shared_data: Path) -> None:
    [article] = read_folder(shared_data / "seed")
    assert article.title == "Russia withdraws personnel from Venezuela but maintains support for Maduro"
    assert article.original_name == "PanAm Post"
    assert article.text.startswith("U.S. president Donald Trump said on Twitter")
    assert article.text.endswith("Russia’s privileged access to Venezuela’s oil fields.")
    for clutter in ("Subscribe free", "Related Posts", "Elizabeth Warren", "Tiananmen", "follow and like", "About the"):
        assert clutter not in article.text
    assert "Russia and its economic interests" in article.text
