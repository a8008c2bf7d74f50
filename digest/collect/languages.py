"""Languages as feeds, pages and files name them, made into tags (BCP 47)."""

import re

from babel.core import get_global

TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


def language_tag(told: object) -> str:
    """A BCP 47 tag such as ``en`` or ``pt-BR``, in its usual spelling (RFC 5646, 2.1.1); "" for what is none.

    Codes of three letters that have one of two (``eng``, ``ger``) become that one.
    """
    tag = str(told or "").strip().replace("_", "-")
    if not TAG.fullmatch(tag):
        return ""
    language, *others = tag.split("-")
    aliases = get_global("language_aliases")
    return "-".join([aliases.get(language.lower(), language.lower()), *map(_usual_case, others)])


def _usual_case(subtag: str) -> str:
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.title() if len(subtag) == 4 and subtag.isalpha() else subtag.lower()
