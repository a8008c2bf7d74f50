"""The text of the article on a page: trafilatura's, read twice, after what is plainly no part of it was taken out.

Read with an eye to precision it leaves out headings and paragraphs that its ordinary reading has, and that stand
between two others of the article: those are put back. What an element is for is taken from HTML's own words
(``figcaption``, an ``article`` within another, HTML Living Standard §4.3.2) and from the words its class is made of.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from lxml import etree

from digest.collect.markup import joined

logger = logging.getLogger(__name__)

LONGEST_ASIDE = 80  # words; whatever its class says, what is longer may be the article
MOST_ASIDE = 400  # words of all elements of one class
LEAST_OUTER = 60  # words of an article's own, beside those of the articles within it
MOST_ARTICLES = 200
MOST_COMPARED = 10_000  # elements
LEAST_SHARE = 0.6  # of the ordinary reading's prose; a more careful one with less missed the article
LEAST_PROSE = 10  # words of a line that ends like a sentence
LONGEST_GAP = 80  # words
TITLE_PLACES = 4  # lines among which the title may stand
LONGEST_CAPTION = 40  # words
LONGEST_POST = 500  # words
LONGEST_WORD = 30  # characters, on average
LONGEST_CLASS = 1000  # characters
LONGEST_KICKER = 10  # words
UNSEEN = frozenset({"script", "style", "noscript", "template"})
SMALL = frozenset({"em", "i", "small", "span"})
# Words of a class or an id. Single ones, so that "read-more" is found in "article__read-more--wide".
ASIDE = re.compile(
    r"(?:^|[\s_-])(?:captions?|credits?|photo-?credit|read-?more|read-?also|also-?on|related(?:-?(?:posts?|articles?"
    r"|links?|stories|content))?|recirc|ctt-btn|read(?:ing)?-?time|newsletter"
    r"|sign-?up|disclaimer|disclosure|post-?info|post-?meta|entry-?meta|article-?meta|art-?source|affiliate"
    r"|author-?(?:bio|box)|about-?author|bread-?crumbs?|share-?(?:bar|buttons?|links?)|jp-relatedposts)(?:$|[\s_-])",
    re.IGNORECASE,
)
POST = re.compile("tweet|instagram|tiktok|bluesky|mastodon|fb-post|reddit", re.IGNORECASE)
DEEPEST_BOX = 4
CELLS = re.compile(r"\s*\|\s*")
RULE = re.compile(r"\W*")  # a line of a table's or a list's marks alone
ENDED = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")
CLICK = re.compile(r"\s*Click To Tweet$", re.IGNORECASE)
SOUNDS = re.compile(r"\w+")


def body_of(root: "etree._Element", url: str, titles: Sequence[str]) -> str:
    """The article's paragraphs, parted by blank lines; "" when there is no article.

    ``titles`` are what the page calls itself: one that stands over the text is taken off. Changes the tree.
    """
    _prune(root)
    careful, ordinary = (_read(root, url, careful=careful) for careful in (True, False))
    if _prose(careful) < LEAST_SHARE * _prose(ordinary):
        return joined(_without_title(ordinary, titles))
    return joined(_without_title(_with_gaps_filled(careful, ordinary), titles))


def _read(root: "etree._Element", url: str, *, careful: bool) -> list[str]:
    # Imported where it is needed: it costs most of a second, and most commands read no page.
    import trafilatura  # noqa: PLC0415
    from trafilatura.settings import Document  # noqa: PLC0415

    try:
        found = trafilatura.bare_extraction(
            root,
            url=url or None,
            favor_precision=careful,
            fast=_is_vast(root),
            include_comments=False,
            with_metadata=False,
        )
    except (ValueError, etree.LxmlError, RecursionError) as error:
        logger.info("%s: no article: %s", url, error)
        return []
    text = found.text if isinstance(found, Document) else ""
    return list(_lines(text or ""))


def _is_vast(root: "etree._Element") -> bool:
    """True for a page of so many elements that comparing with other readers, which trafilatura does, takes minutes."""
    return next(islice(root.iter(etree.Element), MOST_COMPARED, None), None) is not None


def _lines(text: str) -> Iterator[str]:
    """The lines without the marks of lists and tables, which nobody reads out."""
    for line in text.split("\n"):
        line = CLICK.sub("", line.strip().removeprefix("- "))
        if line.startswith("|"):
            line = ", ".join(cell for cell in CELLS.split(line) if not RULE.fullmatch(cell))
        if not RULE.fullmatch(line):
            yield line


def _prose(lines: Sequence[str]) -> int:
    """How many words are in sentences; those of a menu or of a program's are not."""
    lengths = (len(line.split()) for line in dict.fromkeys(lines) if ENDED.search(line))
    return sum(length for length in lengths if length >= LEAST_PROSE)


def _with_gaps_filled(careful: list[str], ordinary: list[str]) -> list[str]:
    """The careful reading with what the ordinary one has between two lines that stand next to each other in it."""
    follows = {line: place for place, line in enumerate(careful)}
    known = [place for place, line in enumerate(ordinary) if line in follows]
    filled = [[line] for line in careful]
    for here, there in pairwise(known):
        gap = [line for line in ordinary[here + 1 : there] if not line.isupper()]
        place = follows[ordinary[here]]
        if follows[ordinary[there]] == place + 1 and sum(len(line.split()) for line in gap) <= LONGEST_GAP:
            filled[place] += gap
    return [line for lines in filled for line in lines]


def _without_title(lines: list[str], titles: Sequence[str]) -> list[str]:
    """Without the lines at the beginning that only say what the article is called."""
    names = [name for title in titles if (name := _sounds(title))]
    first = [line for line in lines[:TITLE_PLACES] if not any(_says_only(_sounds(line), name) for name in names)]
    return [*first, *lines[TITLE_PLACES:]] or lines


def _says_only(line: str, name: str) -> bool:
    """True for the title itself, and with a word or two before or behind it ("Review: …")."""
    return line == name or (name in line and len(name.split()) >= 4 and len(line.split()) - len(name.split()) <= 2)


def _sounds(text: str) -> str:
    return " ".join(SOUNDS.findall(text.casefold()))


def _prune(root: "etree._Element") -> None:
    """Take out captions, links to other pieces and the like, and the articles that stand in this one."""
    for element in _asides(root):
        _drop(element)
    for image in list(root.iter("img")):
        _prune_below(image)
    for heading in list(root.iter("h1"))[:1]:
        _prune_above(heading)
    for quote in list(root.iter("blockquote")):
        _keep_post(quote)
    articles = list(root.iter("article"))[:MOST_ARTICLES]
    for outer in articles:
        if next(outer.iterancestors("article"), None) is None:
            _prune_inner(outer)
    _prune_others(root, articles)


def _asides(root: "etree._Element") -> list["etree._Element"]:
    """The short elements that are called so; not those of a class in which much is said, as a whole article may be."""
    kinds: dict[str, list[etree._Element]] = {}
    for each in root.iter(etree.Element):
        if _is_aside(each) and _is_short(each, LONGEST_ASIDE):
            kinds.setdefault("" if each.tag == "figcaption" else each.get("class") or "", []).append(each)
    for kind in [kind for kind in kinds if kind]:
        if sum(_words_in(each, LONGEST_ASIDE) for each in kinds[kind]) > MOST_ASIDE:
            del kinds[kind]
    return [each for kind in kinds.values() for each in kind]


def _is_aside(element: "etree._Element") -> bool:
    if element.tag in ("html", "body", "main", "article", "h1"):
        return False
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.tag == "figcaption" or bool(ASIDE.search(named[:LONGEST_CLASS]))


def _prune_above(heading: "etree._Element") -> None:
    """Without the few words that stand over the title: a rubric, a path, a date."""
    for above in list(heading.itersiblings(preceding=True)):
        if _is_short(above, LONGEST_KICKER):
            _drop(above)


def _keep_post(quote: "etree._Element") -> None:
    """A post that the article quotes is a part of it, though the boxes it is shown in be called "embed" or "widget"."""
    if not POST.search((quote.get("class") or "")[:LONGEST_CLASS]) or not _is_short(quote, LONGEST_POST):
        return
    words = _words_in(quote, LONGEST_POST)
    for box in [quote, *islice(quote.iterancestors(), DEEPEST_BOX)]:
        if box.tag in ("article", "main", "body") or not _is_short(box, words):
            return
        box.attrib.clear()


def _prune_below(image: "etree._Element") -> None:
    """Without the few words in small letters that stand alone below a picture."""
    below = image.getnext()
    while below is not None and below.tag == "br" and not _said(below.getprevious()):
        below = below.getnext()
    if below is None or below.tag not in SMALL or _said(below.getprevious()) or _said(below):
        return
    after = below.getnext()
    if (after is None or after.tag == "br") and _is_short(below, LONGEST_CAPTION):
        _drop(below)


def _is_short(element: "etree._Element", most: int) -> bool:
    return _words_in(element, most) <= most


def _words_in(element: "etree._Element", most: int) -> int:
    """How many words are in it; more than ``most`` as soon as it is certain, however much there is."""
    words = length = 0
    for each in element.iter(etree.Element):
        inside = "" if each.tag in UNSEEN else each.text
        for text in ((inside or "").strip(), (each.tail or "").strip() if each is not element else ""):
            length += len(text)
            if length > most * LONGEST_WORD:
                return most + 1
            words += len(text.split())
    return words


def _said(element: "etree._Element | None") -> bool:
    """True when words stand behind the element."""
    return element is not None and bool((element.tail or "").strip())


def _prune_inner(outer: "etree._Element") -> None:
    """Without the articles of the same kind within it: they follow it, as those of an endless page do."""
    kind = _kind(outer)
    inner = [each for each in outer.iterdescendants("article") if kind and _is_alike(_kind(each), kind)]
    within = sum(len(" ".join(each.itertext()).split()) for each in inner if not _is_within(each, inner))
    if inner and len(" ".join(outer.itertext()).split()) - within >= LEAST_OUTER:
        for each in inner:
            _drop(each)


def _prune_others(root: "etree._Element", articles: Sequence["etree._Element"]) -> None:
    """Without the articles beside the one under the page's heading, when that one has something to say."""
    over = (next(heading.iterancestors("article"), None) for heading in root.iter("h1"))
    own = next((article for article in over if article is not None), None)
    if own is None or sum(len("".join(each.itertext()).split()) for each in own.iter("p")) < LEAST_OUTER:
        return
    kin = {own, *own.iterancestors("article"), *own.iterdescendants("article")}
    for other in articles:
        if other not in kin:
            _drop(other)


def _kind(element: "etree._Element") -> frozenset[str]:
    """The classes without those that number it."""
    return frozenset(name for name in (element.get("class") or "").split() if not re.search(r"\d", name))


def _is_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) * 2 > max(len(one), len(other))


def _is_within(element: "etree._Element", others: Sequence["etree._Element"]) -> bool:
    return any(above in others for above in element.iterancestors("article"))


def _drop(element: "etree._Element") -> None:
    """Out of the tree, but for the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = f"{before.tail or ''}{element.tail}"
        else:
            parent.text = f"{parent.text or ''}{element.tail}"
    parent.remove(element)
