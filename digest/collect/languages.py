"""Languages as feeds, pages and files name them, made into tags (BCP 47)."""

import re

TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


def language_tag(told: object) -> str:
    """A BCP 47 tag such as ``en`` or ``pt-BR``; "" for what is none."""
    tag = str(told or "").strip().replace("_", "-")
    return tag if TAG.fullmatch(tag) else ""
