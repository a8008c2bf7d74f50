"""How the HTML is built: what no client runs or shows, what screen readers need, and what it weighs in Gmail."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from digest.lint.findings import Severity, Spot
from digest.lint.page import Page, excerpt, text_of

# Gmail shows about the first 102 KB of a mail's HTML and cuts the rest off, the link to unsubscribe first
# (github.com/hteumeuleu/email-bugs/issues/41); of its styles it reads 16 KB (issue 90).
GMAIL_CLIPS = 102_400  # bytes
GMAIL_STYLES = 16_384
NEARLY = 0.9
WIDEST = 700  # px
FORBIDDEN = {
    "script": ("a script, which no mail client runs and many filters refuse", "Take it out."),
    "iframe": ("an <iframe>, which mail clients do not show", "Link to the page, with a picture of it."),
    "embed": ("an <embed>, which mail clients do not show", "Link to the page, with a picture of it."),
    "applet": ("an <applet>, which mail clients do not show", "Take it out."),
    "form": ("a form, which several clients do not show or do not send", "Link to a page with the form."),
    "frameset": ("frames, which mail clients do not show", "Take them out."),
}


def check_structure(page: Page, clients: Sequence[str]) -> Iterator[Spot]:
    """What holds for the document as a whole."""
    yield from _forbidden(page)
    yield from _weight(page, clients)
    yield from _document(page)
    yield from _headings(page)
    yield from _tables(page)
    yield from _mistaken_css(page)


def _forbidden(page: Page) -> Iterator[Spot]:
    for element in page.elements:
        if element.tag in FORBIDDEN:
            what, remedy = FORBIDDEN[element.tag]
            yield Spot(Severity.ERROR, f"html-{element.tag}", page.place(element), what, remedy, excerpt(element))
        handlers = [name for name in element.keys() if name.startswith("on")]  # noqa: SIM118  # an element is no mapping
        if handlers:
            message = f"{handlers[0]} runs a script, which no mail client does"
            yield Spot(
                Severity.ERROR, "html-event-handler", page.place(element), message, "Take it out.", excerpt(element)
            )
        if element.tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
            message = "the mail asks to be led to another page"
            yield Spot(Severity.ERROR, "html-refresh", page.place(element), message, "Take it out.", excerpt(element))
        if _is_foreign_sheet(element):
            message = "the styles come from a file of their own, which most mail clients do not fetch"
            remedy = "Put them into the mail, inline where they matter."
            yield Spot(Severity.ERROR, "html-stylesheet", page.place(element), message, remedy, excerpt(element))


def _is_foreign_sheet(element: Any) -> bool:
    """True for a style sheet elsewhere; one of fonts does no harm where it is not fetched."""
    is_sheet = element.tag == "link" and "stylesheet" in (element.get("rel") or "").lower()
    return is_sheet and "font" not in (element.get("href") or "")


def _weight(page: Page, clients: Sequence[str]) -> Iterator[Spot]:
    if not any(client.startswith("gmail") for client in clients):
        return
    size = len(page.source.encode("utf-8", "replace"))
    if size > NEARLY * GMAIL_CLIPS:
        severity = Severity.ERROR if size > GMAIL_CLIPS else Severity.WARNING
        fate = "cuts off what is beyond" if size > GMAIL_CLIPS else "cuts off what is beyond: it is nearly reached"
        message = f"{size / 1024:.0f} KB of HTML: Gmail shows {GMAIL_CLIPS / 1024:.0f} KB and {fate}"
        remedy = (
            "Send fewer or shorter stories, or a theme with less markup; pictures do not count unless they are data:."
        )
        yield Spot(severity, "gmail-clips", "HTML", message, remedy)
    styles = sum(len((element.text or "").encode("utf-8", "replace")) for element in page.named("style"))
    if styles > GMAIL_STYLES:
        message = f"{styles / 1024:.0f} KB of styles: Gmail reads {GMAIL_STYLES // 1024} KB and drops what is beyond"
        remedy = "Keep what phones and dark mode need, and write the rest inline."
        yield Spot(Severity.WARNING, "gmail-drops-styles", "HTML", message, remedy)
    yield from _nested_at_rules(page)


def _nested_at_rules(page: Page) -> Iterator[Spot]:
    for element, sheet in page.sheets:
        for at_rule in sheet.at_rules:
            if at_rule.depth and at_rule.name != "nesting":
                message = "an at-rule inside another one: Gmail drops the whole <style> for it"
                remedy = "Put it into a <style> of its own."
                place = f"HTML line {at_rule.line}"
                yield Spot(
                    Severity.WARNING,
                    "gmail-drops-styles",
                    place,
                    message,
                    remedy,
                    f"@{at_rule.name} in {excerpt(element)}",
                )


def _mistaken_css(page: Page) -> Iterator[Spot]:
    for _, sheet in page.sheets:
        for line in sheet.mistakes:
            message = "this is no CSS: Gmail drops the whole <style> for it"
            yield Spot(Severity.WARNING, "css-mistaken", f"HTML line {line}", message, "Correct it, or take it out.")


def _document(page: Page) -> Iterator[Spot]:
    html = page.root
    if not (html.get("lang") or "").strip():
        remedy = 'Write <html lang="en">, or whatever its language is: screen readers choose their voice by it.'
        yield Spot(
            Severity.WARNING, "html-without-lang", page.place(html), "the mail does not say its language", remedy
        )
    titles = [title for title in page.named("title") if (title.text or "").strip()]
    if not titles:
        remedy = "Repeat the subject in <title>: screen readers and “view in browser” show it."
        yield Spot(Severity.WARNING, "html-without-title", "HTML", "the mail has no <title>", remedy)
    if not page.root.getroottree().docinfo.doctype or "<!doctype" not in page.source[:500].lower():
        remedy = "Begin with <!doctype html>."
        yield Spot(Severity.NOTICE, "html-without-doctype", "HTML line 1", "the mail has no doctype", remedy)
    if not any(meta.get("name") == "viewport" for meta in page.named("meta")):
        remedy = 'Add <meta name="viewport" content="width=device-width, initial-scale=1">.'
        yield Spot(
            Severity.NOTICE, "html-without-viewport", "HTML", "phones may show the mail in a desktop's width", remedy
        )


def _headings(page: Page) -> Iterator[Spot]:
    headings = list(page.named("h1", "h2", "h3", "h4", "h5", "h6"))
    titles = [heading for heading in headings if heading.tag == "h1"]
    if not headings and len(text_of(page.body).split()) > 150:
        remedy = "Make the title an <h1> and each story's headline an <h2>: screen readers jump from one to the next."
        yield Spot(Severity.WARNING, "headings-missing", "HTML", "the mail has no headings", remedy)
    elif headings and len(titles) != 1:
        message = "the mail has no <h1>" if not titles else f"the mail has {len(titles)} <h1>"
        place = page.place(titles[1] if titles else headings[0])
        yield Spot(Severity.NOTICE, "headings-h1", place, message, "Let the mail's title be its one <h1>.")
    for one, other in pairwise(headings):
        if int(other.tag[1]) - int(one.tag[1]) > 1:
            message = f"an <{other.tag}> follows an <{one.tag}>"
            yield Spot(Severity.NOTICE, "headings-skip", page.place(other), message, "Skip no level.", text_of(other))


def _tables(page: Page) -> Iterator[Spot]:
    for table in page.named("table"):
        is_data = any(True for _ in table.iter("th", "caption"))
        if not is_data and not table.get("role"):
            message = "a table for layout is read out as one of data"
            remedy = 'Add role="presentation".'
            yield Spot(Severity.WARNING, "table-without-role", page.place(table), message, remedy, excerpt(table))
        width = (table.get("width") or "").removesuffix("px")
        if width.isascii() and width.isdigit() and int(width[:6]) > WIDEST:
            message = f"a table is {width} px wide: more than the reading pane of many clients"
            yield Spot(Severity.WARNING, "table-too-wide", page.place(table), message, "600 px is the custom.")
