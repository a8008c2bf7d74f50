"""An article's page to the article: the text by trafilatura, the rest from what the page says of itself."""

from digest.collect.bodies import body_of
from digest.collect.cleaning import clean
from digest.collect.declared import declared_body, shown_on, the_better
from digest.collect.encodings import decode_page
from digest.collect.markup import parse_page
from digest.collect.metadata import Metadata
from digest.domain import Article

LARGEST = 10_000_000  # bytes
MOST_TAGS = 50_000  # both ends counted; trafilatura needs minutes for what is made to keep it busy


def extract_page(html: bytes, url: str, *, charset: str = "") -> Article | None:
    """The article on the page, or None when there is none. Never raises.

    ``url`` is where the page came from, and ``charset`` what the server named with it. The article's ``url`` is the
    canonical address that the page names, as long as it is on the same site; one on another site is the
    ``original_url`` of a piece that was taken over.
    """
    if not html.strip() or len(html) > LARGEST or html.count(b"<") > MOST_TAGS:
        return None
    root = parse_page(decode_page(html, charset=charset, url=url))
    if root is None:
        return None
    page = Metadata(root, url)
    own, original = page.addresses
    # All of it now: to read the body changes the tree.
    title, facts = page.title, (page.dek, page.author, page.image, page.language, page.published)
    declared = declared_body(root, page.data)
    shown = shown_on(root) if declared else ""
    cleaned = clean(the_better(body_of(root, url, [title, *page.headings]), declared, shown))
    if not title or not cleaned.text:
        return None
    dek, author, image, language, published = facts
    return Article(
        url=own,
        title=title,
        text=cleaned.text,
        dek=dek,
        author=author,
        image=image,
        language=language,
        published=published,
        original_url=original,
        original_name=cleaned.original_name,
    )
