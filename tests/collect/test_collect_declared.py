"""The text that a page declares helps out where what was read is not the article."""

import json

from digest.collect import extract_page

SENTENCES = [
    f"On the {day} day the night tram carried {number} people home, and the {who} counted every one of them."
    for day, number, who in (
        ("first", 402, "driver"),
        ("second", 397, "baker"),
        ("third", 511, "teacher"),
        ("fourth", 288, "fishwife"),
        ("fifth", 620, "nurse"),
        ("sixth", 713, "cook"),
        ("seventh", 566, "miller"),
        ("eighth", 601, "mayor"),
        ("ninth", 499, "singer"),
    )
]
BODY = " ".join(SENTENCES)


def page(shown: str, *, declared: str = "", attributes: str = "") -> bytes:
    data = {"@type": "NewsArticle", "headline": "The tram", "articleBody": declared}
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>' if declared else ""
    head = f'<html><head><meta property="og:title" content="The tram">{script}</head>'
    return f"{head}<body><div {attributes}>{shown}</div></body></html>".encode()


def text_of(html: bytes) -> str:
    article = extract_page(html, "https://news.example/tram")
    return article.text if article else ""


def test_an_article_that_only_a_program_would_show_is_read_from_what_is_declared() -> None:
    assert text_of(page("<p>Loading …</p>", declared="\n".join(SENTENCES))) == "\n\n".join(SENTENCES)


def test_what_readers_are_not_shown_is_not_read_either() -> None:
    teaser = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:4])
    assert text_of(page(f"<article>{teaser}</article>", declared=BODY)) == "\n\n".join(SENTENCES[:4])


def test_what_was_read_keeps_its_paragraphs_where_both_agree() -> None:
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    assert text_of(page(f"<article>{paragraphs}</article>", declared=BODY)) == "\n\n".join(SENTENCES)


def test_nothing_is_believed_that_is_no_text() -> None:
    for declared in ('{"a": 1}', "<script>alert(1)</script>", " "):
        assert "alert" not in text_of(page("<p>Loading …</p>", declared=declared))
