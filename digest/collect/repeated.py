"""The lines that a source repeats across its own articles, learnt from them: prompts, notices, signatures.

What stands word for word in three different articles of one source was not written for any of them. A line is
remembered as a print of itself, with the number of articles it stood in.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

LEAST_ARTICLES = 3
LONGEST_LINE = 60  # words; what is longer is somebody's writing, or a copy of it
MOST_LINES = 1500  # of one source; those that were seen once go first, the oldest before the newer
LARGEST_PART = 1 / 3  # of an article's words: who loses more has lost itself
KNOWN_PART = 1 / 2  # of an article's words: what is known so far is a version of an article that was learnt from


def learn(known: Mapping[str, int], texts: Sequence[str]) -> dict[str, int]:
    """What is known of a source's lines after some more of its articles.

    ``texts`` are paragraphs parted by blank lines, each of an article that was not learnt from before. Another
    version of an article that was teaches nothing: else its own lines would be taken for the source's.
    """
    lines = dict(known)
    for text in texts:
        own = list(_lines(text))
        if _words(own, lines) > KNOWN_PART * sum(words for _, words in own):
            continue
        for line in dict(own):
            lines[line] = lines.pop(line, 0) + 1
    return _bounded(lines)


def without_repeated(text: str, known: Mapping[str, int]) -> str:
    """The article without the lines that its source repeats; as it is when a third of it or more would go."""
    repeated = {line: count for line, count in known.items() if count >= LEAST_ARTICLES}
    lost = _words(list(_lines(text)), repeated)
    if not 0 < lost < LARGEST_PART * len(text.split()):
        return text
    kept = (paragraph for paragraph in text.split("\n\n") if _print(paragraph) not in repeated)
    return "\n\n".join(kept)


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """The print of each short line, with its number of words."""
    for paragraph in text.split("\n\n"):
        length = len(paragraph.split())
        if 0 < length <= LONGEST_LINE:
            yield _print(paragraph), length


def _print(paragraph: str) -> str:
    return blake2b(" ".join(paragraph.casefold().split()).encode("utf-8", "replace"), digest_size=6).hexdigest()


def _words(own: Sequence[tuple[str, int]], among: Mapping[str, int]) -> int:
    """How many words those of an article's lines have that are ``among`` others."""
    return sum(words for line, words in own if line in among)


def _bounded(lines: Mapping[str, int]) -> dict[str, int]:
    """The lines seen most often, and of those seen equally often the latest, in the order they came."""
    newest_first = {line: -place for place, line in enumerate(lines)}
    kept = sorted(lines, key=lambda line: (-lines[line], newest_first[line]))[:MOST_LINES]
    return {line: lines[line] for line in sorted(kept, key=lambda line: -newest_first[line])}
