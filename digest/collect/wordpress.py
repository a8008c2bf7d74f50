"""A WordPress site's own list of its posts, with their full texts: its REST interface.

After the WordPress REST API Handbook, "Posts" and "Global Parameters" (``_embed``, ``_fields``).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from digest.collect.canonical import absolute_url, canonical_url
from digest.collect.dates import instant
from digest.collect.encodings import decode
from digest.collect.headings import dek_from
from digest.collect.markup import plain_line, plain_paragraphs
from digest.collect.pictures import best_picture
from digest.collect.trees import read_json
from digest.domain import Article, Image
from digest.errors import FeedError

ROUTE = "wp/v2/posts"
MOST_POSTS = 50
QUERY = {
    "per_page": str(MOST_POSTS),
    "orderby": "date",
    "order": "desc",
    "_fields": "link,date,date_gmt,title,content,excerpt,_links,_embedded",
    "_embed": "author,wp:featuredmedia",
}
OPENING_WORDS = 8
CUT_OFF = re.compile(r"(?:\s*\[?(?:…|\.\.\.)\]?|\s+(?:Continue reading|Read more)\b.{0,200})+\W*$", re.IGNORECASE)
Json = Mapping[str, Any]


def posts_url(site: str) -> str:
    """Where the site at that address lists its latest posts: with author, picture and full text each.

    The address may be the site's, or that of its REST interface (``…/wp-json/``, ``…/?rest_route=/``).
    """
    parts, query = urlsplit(site), urlencode(QUERY, safe=",:")
    if "rest_route=" in parts.query:  # how sites without pretty addresses say it
        return urlunsplit((parts.scheme, parts.netloc, parts.path, f"rest_route=/{ROUTE}&{query}", ""))
    folder = parts.path.partition("/wp-json")[0].rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, f"{folder}/wp-json/{ROUTE}", query, ""))


def parse_posts(content: bytes, url: str) -> list[Article]:
    """The posts in the site's order, the newest first; those behind a password are left out.

    Raises FeedError, with a reason, when the site does not tell its posts.
    """
    posts = _read(content)
    if isinstance(posts, dict):
        raise FeedError(_why_refused(posts))
    if not isinstance(posts, list):
        raise FeedError("this is JSON, but not a list of WordPress posts")
    articles = (_article(post, url) for post in posts[:MOST_POSTS] if isinstance(post, dict))
    return list({article.url: article for article in articles if article is not None}.values())


def _read(content: bytes) -> Any:
    if not content.strip():
        raise FeedError("this WordPress answers with nothing")
    try:
        return read_json(decode(content))
    except ValueError:
        if content.lstrip()[:1] == b"<":
            raise FeedError("this is a web page, not WordPress's list of posts (is it a WordPress site?)") from None
        raise FeedError("this is not WordPress's list of posts: it is not JSON") from None


def _why_refused(answer: Json) -> str:
    code, message = (plain_line(str(answer.get(name) or ""))[:120] for name in ("code", "message"))
    if not code:
        return "this is JSON, but not a list of WordPress posts"
    return f"this WordPress does not open its REST interface: {message or code} (try its feed: /feed/)"


def _article(post: Json, base: str) -> Article | None:
    url = canonical_url(absolute_url(base, str(post.get("link") or "")))
    title = plain_line(_rendered(post, "title"))
    if not url or not title or _part(post, "content").get("protected"):
        return None
    text = plain_paragraphs(_rendered(post, "content"))
    return Article(
        url=url,
        title=title,
        text=text,
        dek=_dek(_rendered(post, "excerpt"), text),
        author=_author(post),
        image=next(_images(_embedded(post, "wp:featuredmedia"), url), None),
        published=instant(post.get("date_gmt")) or instant(post.get("date")),
    )


def _part(post: Json, name: str) -> Json:
    found = post.get(name)
    return found if isinstance(found, dict) else {}


def _rendered(post: Json, name: str) -> str:
    return str(_part(post, name).get("rendered") or "")


def _embedded(post: Json, name: str) -> list[Json]:
    found = _part(post, "_embedded").get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _author(post: Json) -> str:
    names = (plain_line(str(each.get("name") or "")) for each in _embedded(post, "author"))
    return ", ".join(dict.fromkeys(filter(None, names)))


def _dek(excerpt: str, text: str) -> str:
    """The excerpt when somebody wrote it: WordPress makes one of the post's first words where nobody did."""
    dek = dek_from(excerpt, text)
    opening = _words(CUT_OFF.sub("", dek))[:OPENING_WORDS]
    is_copied = " ".join(opening) in " ".join(_words(text))
    return dek if opening and not is_copied else ""


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _images(media: Iterable[Json], base: str) -> Iterator[Image]:
    """The pictures, each in the size that suits a mail best."""
    for each in media:
        details = _part(each, "media_details")
        sizes = [{**details, "source_url": each.get("source_url")}, *_part(details, "sizes").values()]
        offered = [{**size, "url": size.get("source_url")} for size in sizes if isinstance(size, dict)]
        found = best_picture(offered, base) if str(each.get("media_type") or "image") == "image" else None
        if found:
            yield replace(found, alt=plain_line(str(each.get("alt_text") or "")))
