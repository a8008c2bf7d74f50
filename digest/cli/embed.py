"""``digest embed``."""

from typing import Annotated

import typer
from tinycss2.color4 import parse_color

from digest.catalogues import LANGUAGES
from digest.configuring import read_config
from digest.errors import AskedWrongly
from digest.settings import read_settings
from digest.web.app import house_of, publication_of
from digest.web.embed import Place, Wanted, snippet
from digest.web.pages import ReadersLanguages, page_renderer


def embed(  # one option for each attribute of the script
    context: typer.Context,
    newsletters: Annotated[list[str], typer.Argument(help="Keys in digest.toml.", metavar="NEWSLETTER...")],
    form: Annotated[bool, typer.Option("--form", help="Only the form, without the script.")] = False,
    place: Annotated[
        Place,
        typer.Option(help="Where the script stands, at the article's end, or coming in when most of it was read."),
    ] = Place.INLINE,
    article: Annotated[str, typer.Option(help="The article, as a CSS selector.", metavar="SELECTOR")] = "",
    lang: Annotated[str, typer.Option(help="The prompt's language; otherwise that of the page.", metavar="TAG")] = "",
    name: Annotated[bool, typer.Option("--name", help="Ask for the name too.")] = False,
    accent: Annotated[str, typer.Option(help="The button's colour, as CSS writes it.", metavar="COLOUR")] = "",
    paper: Annotated[str, typer.Option(help="The ground's colour.", metavar="COLOUR")] = "",
    ink: Annotated[str, typer.Option(help="The type's colour.", metavar="COLOUR")] = "",
) -> None:
    """Print the HTML that puts the sign-up prompt on your own pages: paste it where the prompt is to stand."""
    config = read_config(context.obj)
    chosen = [publication_of(config.newsletter(key), config) for key in dict.fromkeys(newsletters)]
    if lang and lang not in ReadersLanguages().offered(chosen[0].language):
        raise AskedWrongly(f'--lang: "{lang}" is no language of ours (known: {", ".join(LANGUAGES)})')
    colours = {"accent": accent, "paper": paper, "ink": ink}
    for option, colour in colours.items():
        if colour and parse_color(colour) is None:
            raise AskedWrongly(f'--{option}: "{colour}" is no colour of CSS (try "#8a1c1c")')
    wanted = Wanted(place=place, lang=lang, with_name=name, article=article, **colours)
    house = house_of(config, read_settings(config.folder / ".env"))
    templates = config.templates
    html = snippet(chosen, house, page_renderer(templates), ReadersLanguages(templates), wanted, script=not form)
    print(html, end="")
