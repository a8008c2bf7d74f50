"""Whatever encoding a document came in, as Unicode text.

What it says of itself is believed where it can be true (after RFC 7303, XML 1.0 appendix F, and the WHATWG Encoding
Standard: who says ISO-8859-1 means windows-1252); else the bytes are looked at, with their language in mind.
"""

import codecs
import re
from itertools import chain
from urllib.parse import urlsplit

from charset_normalizer import from_bytes

EBCDIC = "cp037"  # the letters of ASCII are where its other code pages have them
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How the first letters look in an encoding that leaves them no other reading.
BEGINNINGS = (
    (re.compile(rb"[^\0]\0\0\0[^\0]"), "utf-32-le"),
    (re.compile(rb"\0\0\0[^\0]\0"), "utf-32-be"),
    (re.compile(rb"[^\0]\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0[^\0]\0[^\0]"), "utf-16-be"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), EBCDIC),
)
# The escapes that switch to another alphabet (ISO 2022), the rarer before what they begin with.
ESCAPES = (
    (b"\x1b$)C", "iso2022_kr"),
    (b"\x1b$(C", "iso2022_jp_2"),
    (b"\x1b$", "iso2022_jp_ext"),
)
# What is meant where something narrower is named, by the name that Python has for it.
MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Python has others, which are no alphabets (punycode), or would be believed of anything (undefined).
OF_LETTERS = re.compile(r"ascii|iso8859|iso2022|cp\d|koi8|mac|gb|big5|euc_|shift_jis|johab|tis")
ALIASES = {"x-sjis": "cp932", "windows-31j": "cp932", "x-gbk": "gb18030", "x-euc-jp": "euc_jp", "dos-874": "cp874"}

EASTERN, BALTIC, TURKISH = ("cp1250", "iso8859-2"), ("cp1257", "iso8859-13"), ("cp1254",)
# The first is taken for what could be any of them.
LATIN = ("cp1252", *EASTERN, *TURKISH, *BALTIC)
CYRILLIC, GREEK = ("cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp866"), ("cp1253", "iso8859-7")
JAPANESE, CHINESE, KOREAN = ("euc_jp", "cp932"), ("gb18030", "big5hkscs"), ("cp949",)
HEBREW, ARABIC, THAI = ("cp1255",), ("cp1256",), ("cp874",)
ELSEWHERE = (*JAPANESE, *CHINESE, *KOREAN, *CYRILLIC[:2], *GREEK, *HEBREW, *ARABIC, *THAI)
# By language; by country where no language is told. One that the bytes cannot be in does not count, so that it does
# no harm that "uk" is both.
USUAL: dict[str, tuple[str, ...]] = {
    language: encodings
    for languages, encodings in (
        ("cs cz sk pl hu sl si hr ro sq bs", EASTERN),
        ("lt lv et ee", BALTIC),
        ("tr az", TURKISH),
        ("ru be by bg mk kz uk ua su", CYRILLIC),
        ("el gr", GREEK),
        ("ja jp", JAPANESE),
        ("zh cn tw hk", CHINESE),
        ("ko kr", KOREAN),
        ("he iw il", HEBREW),
        ("ar fa ur sa eg ir", ARABIC),
        ("th", THAI),
    )
    for language in languages.split()
}
DECLARED = re.compile(rb"\s{0,99}<\?xml[^>]{0,200}\bencoding\s{0,9}=\s{0,9}[\"']\s{0,9}([\w.:-]{1,40})", re.IGNORECASE)
HZ = re.compile(rb"hz(?:-gb-2312)?", re.IGNORECASE)
META = re.compile(rb"<meta\b[^>]{0,200}\bcharset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
META_PLACES = 4000  # bytes, in which a page names its encoding
LANGUAGE = re.compile(rb"(?:<(?:\w{1,9}:)?language>|\blang=[\"'])\s{0,9}([a-z]{2})\b", re.IGNORECASE)
BEGINNING = 20_000  # bytes, in which the language is told
SAMPLE = 20_000  # bytes of words that are looked at
WORDS = re.compile(rb"[^<>]{0,2000}[\x80-\xff][^<>]{0,2000}")
HIGH = re.compile(rb"[\x80-\xff]+")
ESCAPED = re.compile(r"[\udc80-\udcff]")
# Signs that stand inside a word only when it is read in an encoding that it is not in.
SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[¡-¬®-¶¸-¿×÷\x80-\x9f†‡‰•€™ˆ˜˛˙ˇ\ufffd](?=[^\W\d_])")
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
CONTROL = re.compile(r"[\x80-\x9f]")
MOSTLY = 4  # for one letter that was pasted in from another encoding
FEWEST = 6  # bytes that tell the script


def decode(content: bytes, *, charset: str = "", url: str = "") -> str:
    """The document as text, without the characters that XML forbids. Never raises.

    ``charset`` is what the server named: it counts when the document itself names none. ``url`` tells the country.
    """
    text = (
        _marked(content)
        or _escaped(content)
        or _in_utf8(content)
        or _declared(content, charset)
        or _guessed(content, url)
    )
    # Nobody means the control characters that have the numbers of windows-1252's letters.
    text = CONTROL.sub(lambda letter: _western(ord(letter[0])), text)
    return NOT_XML.sub("", text).removeprefix("\ufeff")


def decode_page(html: bytes, *, charset: str = "", url: str = "") -> str:
    """A web page as text, as ``decode`` does it: without a ``charset`` that which its ``<meta>`` names counts."""
    named = None if charset else META.search(html, 0, META_PLACES)
    return decode(html, charset=named[1].decode("ascii") if named else charset, url=url)


def _marked(content: bytes) -> str | None:
    """The text of what begins as only one encoding lets it begin."""
    if content.startswith(codecs.BOM_UTF8):
        return _with_strays(content)
    marked = (encoding for mark, encoding in MARKS if content.startswith(mark))
    seen = (encoding for beginning, encoding in BEGINNINGS if beginning.match(content.lstrip(b"\r\n\t ")))
    encoding = next(chain(marked, seen), None)
    if encoding == EBCDIC:
        encoding = _ebcdic(content)
    return content.decode(encoding, "replace") if encoding else None


def _ebcdic(content: bytes) -> str:
    """The code page that it names."""
    named = DECLARED.match(content[:BEGINNING].decode(EBCDIC).encode("ascii", "replace"))
    try:
        found = codecs.lookup(named[1].decode("ascii")).name if named else EBCDIC
    except LookupError:
        return EBCDIC
    return found if re.fullmatch(r"cp\d+", found) and b"\x4c\x6f".decode(found, "replace") == "<?" else EBCDIC


def _escaped(content: bytes) -> str | None:
    """The text of what is in ASCII but for the escapes that switch to another alphabet."""
    encoding = next((name for escape, name in ESCAPES if escape in content), None)
    named = DECLARED.match(content)
    if named and HZ.fullmatch(named[1]) and content.isascii():
        encoding = "hz"
    return content.decode(encoding, "replace") if encoding else None


def _in_utf8(content: bytes) -> str | None:
    """The text when it is UTF-8, whatever it says, but for a few letters that were pasted in from windows-1252."""
    text = content.decode("utf-8", "ignore")
    strays = len(content) - len(text.encode())
    return None if _beyond_ascii(text) < strays * MOSTLY else _with_strays(content)


def _with_strays(content: bytes) -> str:
    text = content.decode("utf-8", "surrogateescape")
    return ESCAPED.sub(lambda stray: _western(ord(stray[0]) - 0xDC00), text)


def _beyond_ascii(text: str) -> int:
    """How many letters are not in ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _western(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "replace")


def _declared(content: bytes, charset: str) -> str | None:
    """The text as it says it is encoded, when that can be true."""
    named = DECLARED.match(content)
    told = (_known(name) for name in (named[1].decode("ascii") if named else "", charset))
    return next((text for encoding in told if encoding and (text := _if_true(content, encoding))), None)


def _if_true(content: bytes, encoding: str) -> str | None:
    if encoding in LATIN and _is_foreign(content):
        return None
    text = content.decode(encoding, "replace")
    return text if text.count("\ufffd") * 50 <= _beyond_ascii(text) else None


def _known(name: str) -> str:
    """Python's name of the encoding that is meant; "" for none, and for UTF-8, which is seen without being named."""
    name = ALIASES.get(name.lower(), name)
    try:
        found = codecs.lookup(name)
    except LookupError:
        return ""
    # What names itself in ASCII is not in EBCDIC.
    is_one = OF_LETTERS.match(found.name) and b"<?xml".decode(found.name, "replace") == "<?xml"
    return MEANT.get(found.name, found.name) if is_one else ""


def _is_foreign(content: bytes) -> bool:
    """True when whole words are beyond ASCII, as in no language that is written in Latin letters."""
    runs = [len(run) for run in HIGH.findall(content)]
    return sum(runs) >= FEWEST and sum(run for run in runs if run > 2) * 2 > sum(runs)


def _guessed(content: bytes, url: str) -> str:
    return content.decode(_guess(content, url), "replace")


def _guess(content: bytes, url: str) -> str:
    words = _sample(content)
    usual = USUAL.get(_language(content, url), ())
    if not _is_foreign(words):
        candidates = usual if set(usual) <= set(LATIN) and usual else LATIN
        return min(candidates, key=lambda encoding: len(SIGN_IN_WORD.findall(words.decode(encoding, "replace"))))
    scripts = ELSEWHERE if set(usual) <= set(LATIN) else usual
    best = from_bytes(words, cp_isolation=list(scripts)).best()
    return best.encoding if best else scripts[0]


def _sample(content: bytes) -> bytes:
    """The words that are not in ASCII, without the markup around them."""
    words = bytearray()
    for match in WORDS.finditer(content):
        words += match[0] + b"\n"
        if len(words) > SAMPLE:
            break
    return bytes(words)


def _language(content: bytes, url: str) -> str:
    told = LANGUAGE.search(content, 0, BEGINNING)
    language = told[1].decode("ascii").lower() if told else ""
    return language if language in USUAL else (urlsplit(url).hostname or "").rpartition(".")[2]
