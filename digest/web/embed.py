"""What a publisher pastes into a page of the site: the prompt's form, and the script that draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from subscribers.languages import Languages, page_language
from subscribers.mail import Render
from subscribers.publication import House, Publication


class Place(StrEnum):
    """Where the script stands, at the article's end, or sliding in once most of it was read."""

    INLINE = "inline"
    END = "end"
    SLIDE_IN = "slide-in"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the prompt is to be: ``lang`` is a language that we speak, or empty for that of the page.

    ``article`` is a CSS selector; ``accent``, ``paper`` and ``ink`` are CSS colours. Empty leaves it to the script.
    """

    place: Place = Place.INLINE
    lang: str = ""
    with_name: bool = False
    article: str = ""
    accent: str = ""
    paper: str = ""
    ink: str = ""

    @property
    def attributes(self) -> dict[str, str]:
        """Those of the script, as far as they say something: one that only has to be there is empty."""
        place = "" if self.place is Place.INLINE else self.place
        named = {"place": place, "article": self.article, "lang": self.lang}
        named |= {"accent": self.accent, "paper": self.paper, "ink": self.ink}
        told = {f"data-{name}": value for name, value in named.items() if value}
        return told | ({"data-name": ""} if self.with_name else {})


def snippet(
    publications: Sequence[Publication],
    house: House,
    render: Render,
    languages: Languages,
    wanted: Wanted,
    *,
    script: bool = True,
) -> str:
    """The HTML for one prompt for all of these newsletters; without ``script`` only its form."""
    first = publications[0]
    asked = {question.key: question for publication in publications for question in publication.questions}
    words = {
        "house": house,
        "newsletter": first,
        "newsletters": publications,
        "several": len(publications) > 1,
        "questions": list(asked.values()),
        "with_name": wanted.with_name,
        "attributes": wanted.attributes if script else {},
        "script": script,
        **page_language(languages, wanted.lang, first.language),
    }
    return render("web/embed.html.j2", words).strip() + "\n"
