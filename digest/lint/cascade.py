"""How each element looks in light or dark mode, as far as mails decide it: colours, size and weight of its text.

After CSS Cascading and Inheritance Level 4 §6, for the properties that contrast depends on. What cannot be told (a
picture or a gradient as ground, a colour that depends on the system) is None, and nothing is said about it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import tinycss2.ast as tokens

from digest.lint.colours import BLACK, WHITE, Colour, read_attribute, read_colour
from digest.lint.css import Declaration, functions_of, words_of
from digest.lint.page import SILENT, Page

Mode = Literal["light", "dark"]
WATCHED = frozenset(
    "color background background-color background-image font font-size font-weight display visibility opacity "
    "max-height height overflow".split()
)
SHORTHANDS = {"background": ("background-color", "background-image"), "font": ("font-size", "font-weight")}
PICTURES = frozenset({"url", "linear-gradient", "radial-gradient", "conic-gradient", "image-set"})
LINK, LINK_ON_DARK = Colour(0, 0, 238 / 255), Colour(158 / 255, 158 / 255, 1)  # as browsers have them
DEFAULT_SIZE = 16.0  # px
SIZES = dict(
    zip("xx-small x-small small medium large x-large xx-large".split(), (9, 10, 13, 16, 18, 24, 32), strict=True)
)
FONT_SIZES = dict(zip("1234567", (10, 13, 16, 18, 24, 32, 48), strict=True))
HEADINGS = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h4": 1.0, "h5": 0.83, "h6": 0.67, "small": 0.83, "big": 1.2}
HIDDEN = {"display": {"none"}, "visibility": {"hidden", "collapse"}}
BOLD = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "th"})
PIXELS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 9.6 / 2.54}


@dataclass(frozen=True, slots=True)
class Look:
    """How the text of an element is seen. ``size`` is in px."""

    colour: Colour | None
    ground: Colour | None
    size: float = DEFAULT_SIZE
    is_bold: bool = False
    is_hidden: bool = False


def looks(page: Page, mode: Mode) -> dict[Any, Look]:
    """The look of every element."""
    canvas = Look(WHITE, Colour(0.07, 0.07, 0.07)) if mode == "dark" and declares_dark(page) else Look(BLACK, WHITE)
    found: dict[Any, Look] = {}
    for element in page.elements:
        parent = found.get(element.getparent(), canvas)
        found[element] = _look(page, element, parent, mode)
    return found


def declares_dark(page: Page) -> bool:
    """True when the mail says that it has dark colours of its own (``color-scheme``)."""
    metas = (meta.get("content") or "" for meta in page.named("meta") if meta.get("name") == "color-scheme")
    return any("dark" in content for content in metas) or any(
        declaration.name == "color-scheme" and "dark" in words_of(declaration.value)
        for _, sheet in page.sheets
        for rule in sheet.rules
        for declaration in rule.declarations
    )


def has_dark_rules(page: Page) -> bool:
    """True when some rule is for dark mode alone."""
    return any(
        _applies(rule.groups, "light") != _applies(rule.groups, "dark")
        for _, sheet in page.sheets
        for rule in sheet.rules
    )


def declared(page: Page, element: Any, mode: Mode) -> dict[str, Declaration]:
    """What holds of the properties that are watched: the winner of each, by importance, specificity and order."""
    ranked: list[tuple[tuple[Any, ...], Declaration]] = []
    for each in page.applied.get(element, ()):
        if each.selector.is_at_rest and _applies(each.rule.groups, mode):
            ranked += [
                ((one.is_important, 0, each.selector.specificity, each.order, number), one)
                for number, one in enumerate(each.rule.declarations)
                if one.name in WATCHED
            ]
    for number, one in enumerate(page.inline.get(element, ())):
        if one.name in WATCHED:
            ranked.append(((one.is_important, 1, (0, 0, 0), 0, number), one))
    ranked.sort(key=lambda pair: pair[0])
    winners: dict[str, Declaration] = {}
    for _, one in ranked:
        for part in SHORTHANDS.get(one.name, ()):
            winners.pop(part, None)
        winners.pop(one.name, None)  # so that the order tells which of two names came last
        winners[one.name] = one
    return winners


def _applies(groups: Sequence[tuple[str, tuple[Any, ...]]], mode: Mode) -> bool:
    """True for rules outside of any query, or inside such as ask for a screen or this mode alone."""
    return all(name == "media" and _query_fits(prelude, mode) for name, prelude in groups)


def _query_fits(prelude: Sequence[Any], mode: Mode) -> bool:
    asked = [token for token in prelude if isinstance(token, tokens.ParenthesesBlock)]
    words = {token.lower_value for token in prelude if isinstance(token, tokens.IdentToken)}
    if words & {"print", "speech", "not"}:
        return False
    features = [words_of(block.content) for block in asked]
    return all(feature == {"prefers-color-scheme", mode} for feature in features)


def _look(page: Page, element: Any, parent: Look, mode: Mode) -> Look:
    own = declared(page, element, mode)
    size = _size(element, own, parent.size)
    look = replace(parent, size=size, is_bold=_is_bold(element, own, parent.is_bold))
    look = replace(look, colour=_colour(element, own, parent, mode), ground=_ground(element, own, parent))
    return replace(look, is_hidden=parent.is_hidden or _is_hidden(element, own))


def _colour(element: Any, own: dict[str, Declaration], parent: Look, mode: Mode) -> Colour | None:
    if "color" in own:
        if words_of(own["color"].value) & {"inherit", "currentcolor", "unset"}:
            return parent.colour
        return read_colour(own["color"].value[0]) if len(own["color"].value) == 1 else None
    hint = element.get("color") if element.tag == "font" else element.get("text") if element.tag == "body" else None
    if hint:
        return read_attribute(hint)
    if element.tag == "a" and element.get("href") is not None:
        is_on_dark = mode == "dark" and parent.ground is not None and sum(parent.ground[:3]) < 1
        return LINK_ON_DARK if is_on_dark else LINK
    return parent.colour


def _ground(element: Any, own: dict[str, Declaration], parent: Look) -> Colour | None:
    hint = element.get("bgcolor") if element.tag in ("body", "table", "tr", "td", "th") else None
    ground: Colour | None = read_attribute(hint) if hint else None
    is_picture = bool(element.get("background"))
    for name in ("background", "background-color", "background-image"):
        if name not in own:
            continue
        is_picture = bool(functions_of(own[name].value) & PICTURES) or (is_picture and name == "background-color")
        colours = [colour for token in own[name].value if (colour := read_colour(token))]
        if name != "background-image":
            ground = colours[-1] if colours else None
            if (
                not colours
                and name == "background-color"
                and not words_of(own[name].value) & {"inherit", "unset", "initial"}
            ):
                return None
    if is_picture:
        return None
    if ground is None:
        return parent.ground
    return ground if ground.alpha == 1 else ground.over(parent.ground) if parent.ground else None


def _size(element: Any, own: dict[str, Declaration], inherited: float) -> float:
    """The size of the font in px; what cannot be told counts as what is inherited."""
    sizes = [*_sizes(own["font"].value, inherited)][:1] if "font" in own else []
    if "font-size" in own:
        sizes = [*_sizes(own["font-size"].value, inherited)][:1] or sizes
    if sizes:
        return sizes[0]
    if element.tag == "font" and element.get("size") in FONT_SIZES:
        return float(FONT_SIZES[element.get("size")])
    return inherited * HEADINGS.get(element.tag, 1.0)


def _sizes(value: Sequence[Any], inherited: float) -> Iterator[float]:
    for token in value:
        if isinstance(token, tokens.DimensionToken) and token.lower_unit in PIXELS:
            yield token.value * PIXELS[token.lower_unit]
        elif isinstance(token, tokens.DimensionToken) and token.lower_unit in ("em", "rem"):
            yield token.value * (inherited if token.lower_unit == "em" else DEFAULT_SIZE)
        elif isinstance(token, tokens.PercentageToken):
            yield inherited * token.value / 100
        elif isinstance(token, tokens.IdentToken) and token.lower_value in SIZES:
            yield float(SIZES[token.lower_value])
        elif isinstance(token, tokens.NumberToken) and token.value == 0:
            yield 0.0


def _is_bold(element: Any, own: dict[str, Declaration], inherited: bool) -> bool:
    for name in ("font-weight", "font"):
        if name not in own:
            continue
        words = words_of(own[name].value)
        numbers = [token.value for token in own[name].value if isinstance(token, tokens.NumberToken)]
        if words & {"inherit", "unset"}:
            return inherited
        return bool(words & {"bold", "bolder"}) or any(number >= 600 for number in numbers)
    return inherited or element.tag in BOLD


def _is_hidden(element: Any, own: dict[str, Declaration]) -> bool:
    if element.tag in SILENT or element.get("hidden") is not None:
        return True
    if any(name in own and words_of(own[name].value) & words for name, words in HIDDEN.items()):
        return True
    no_height = any(name in own and _is_nothing(own[name]) for name in ("max-height", "height"))
    return ("opacity" in own and _is_nothing(own["opacity"])) or (no_height and "overflow" in own)


def _is_nothing(declaration: Declaration) -> bool:
    numbers = [
        token.value for token in declaration.value if isinstance(token, tokens.DimensionToken | tokens.NumberToken)
    ]
    return bool(numbers) and not any(numbers)
