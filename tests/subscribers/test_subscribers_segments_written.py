"""What a segment's text says; a mistake in it is told with a caret below its first character."""

import re
import tomllib
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.segments import BadSegment, expressions, parse
from subscribers.segments.expressions import All, Comparison, Field, Kind, Known, Lately, Not, Operator, Some

LANGUAGE = Field("language", Kind.LANGUAGE)
SPANISH = Comparison(LANGUAGE, Operator.IS, ("es",))
PORTO = Comparison(Field("field", Kind.WORDS, "city"), Operator.IS, ("Porto",))
NEW = Comparison(Field("joined", Kind.MOMENT), Operator.ABOVE, (date(2026, 1, 1),))
LIVELY = Lately(Field("engaged", Kind.MOMENT), 90)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('language = "es"', SPANISH),
        ("language = 'es'", SPANISH),
        ('  language\n=\t"es"  ', SPANISH),
        ('language != "es"', Not(SPANISH)),
        ('language in ("es", "pt")', Comparison(LANGUAGE, Operator.IS, ("es", "pt"))),
        ("language is known", Known(LANGUAGE)),
        ("language is unknown", Not(Known(LANGUAGE))),
        ("not language is unknown", Known(LANGUAGE)),
        ('not not language = "es"', SPANISH),
        ('not language != "es"', SPANISH),
        ("engaged within 90 days", LIVELY),
        ("engaged WITHIN 1 week", Lately(LIVELY.field, 7)),
        ('page ~ "/sport"', Comparison(Field("page", Kind.WORDS), Operator.CONTAINS, ("/sport",))),
        ('page starts with "https://"', Comparison(Field("page", Kind.WORDS), Operator.STARTS, ("https://",))),
        ("bounces>=2", Comparison(Field("bounces", Kind.NUMBER), Operator.AT_LEAST, (2,))),
        ('language = "es" and joined > 2026-01-01', All((SPANISH, NEW))),
        ('language = "es" or joined > 2026-01-01 and field.city = "Porto"', Some((SPANISH, All((NEW, PORTO))))),
        ('(language = "es" OR joined > 2026-01-01) AND field.city = "Porto"', All((Some((SPANISH, NEW)), PORTO))),
        ('not (language = "es" and joined > 2026-01-01)', Not(All((SPANISH, NEW)))),
        ('not language = "es" and joined > 2026-01-01', All((Not(SPANISH), NEW))),
        ('name = "not and or"', Comparison(Field("name", Kind.WORDS), Operator.IS, ("not and or",))),
    ],
)
def test_what_is_written_is_understood(text: str, said: object) -> None:
    assert parse(text).expression == said
    assert parse(text).text == text


def test_every_field_and_each_example_in_the_reference_is_understood() -> None:
    reference = (Path(__file__).parents[2] / "docs" / "segments.md").read_text()
    told = re.findall(r"^\| `([a-z]+)(?:\.KEY)?` \|", reference, re.MULTILINE)
    assert sorted(told) == sorted([*expressions.FIELDS, "field"])
    declared = re.findall(r"```toml\n(.*?)```", reference, re.DOTALL)[0]
    examples = [
        *re.findall(r"--where '(.*)'", reference),
        *tomllib.loads(declared)["segments"].values(),
        *re.findall(r"`((?:not )?[a-z.]+ (?:=|!=|in|is|<|>|within) [^`]+)`", reference),
    ]
    assert len(examples) >= 12
    for example in examples:
        parse(example)


FIELDS = "newsletter, status, topic, language, joined, engaged, page, name, flag, bounces"
VALUE = 'here has to stand a value: words such as "sport", a day such as 2026-01-31, or a number'
LENGTH = "here has to stand how long: within 30 days, or within 4 weeks"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('^langauge = "es"', 'there is no field "langauge", did you mean "language"?'),
        ('^Language = "es"', 'there is no field "Language", did you mean "language"?'),
        ("^shoes = 43", f'there is no field "shoes" (known: {FIELDS} and field.KEY)'),
        ('^fields.city = "Porto"', 'there is no field "fields.city", did you mean "field.city"?'),
        ('^field.Home_Town = "x"', 'there is no field "field.Home_Town", did you mean "field.home-town"?'),
        ('^field. = "x"', "after field. comes the key of one of your own fields, such as field.city"),
        ('language ^== "es"', 'there is no "==", did you mean "="?'),
        ('language ^<> "es"', 'there is no "<>", did you mean "!="?'),
        ('language = "es" ^&& bounces = 1', 'there is no "&&", did you mean "and"?'),
        ('language ^=!= "es"', 'there is no "=!=" (known: =, !=, <, <=, >, >= and ~)'),
        ('language ^"es"', "after language comes =, !=, in (…), is unknown or is known"),
        ("language^", "after language comes =, !=, in (…), is unknown or is known"),
        ('language ^> "es"', 'language cannot be asked with ">": try =, !=, in (…), is unknown or is known'),
        ("status ^is known", 'status cannot be asked with "is known": try =, != or in (…)'),
        ("language =^", VALUE),
        ("language =^  ", VALUE),
        ("language in (^)", VALUE),
        ("language = ^es", 'words stand in quotation marks: "es"; a day is written 2026-01-31'),
        ('language = ^"es', "this quotation mark is not closed in its line"),
        ("language = ^“es”", "quotation marks are straight here: \" or ', not “"),
        ('language ^≠ "es"', '"≠" means nothing here'),
        ('language in ^"es"', 'here has to stand "(": in ("es", "pt")'),
        ('language in ("es" ^"pt")', 'here has to stand "," or ")"'),
        ('language = ^"klingon!"', '"klingon!" is not a language tag (try "fr", or "pt-BR")'),
        ("joined > ^yesterday", 'words stand in quotation marks: "yesterday"; a day is written 2026-01-31'),
        ('joined > ^"2026-01-01"', "joined is compared without quotation marks: 2026-01-01"),
        ("joined > ^2026-02-30", "no calendar has the day 2026-02-30"),
        ("joined > ^2026-1-1", '"2026-1-1" is not a day (try 2026-01-31)'),
        ("joined > ^0001-01-01", "a day lies between the years 1900 and 2999"),
        ("joined within 3^", LENGTH),
        ("joined within ^three days", LENGTH),
        ("joined within 3 ^moons", '"moons" is no length of time: try 3 days, or 3 weeks'),
        ("joined within ^0 days", "a time lies between 1 and 36500 days"),
        ("page ^within 3 days", 'page cannot be asked with "within": try =, !=, in (…), contains, starts with, '),
        ('bounces > ^"3"', "bounces is compared without quotation marks: 3"),
        ("bounces > ^3.5", '"3.5" is not a whole number'),
        ("bounces > ^99999999999999999999", "a number lies between 0 and 1000000"),
        ("name = ^3", 'name is compared with words in quotation marks: "3"'),
        ("name is ^null", 'here has to stand "unknown" or "known"'),
        ('name starts ^"A"', 'here has to stand "with": starts with "…"'),
        ('name contains ^""', "there is nothing between the quotation marks"),
        ('name = ^"\x1b[31m"', "between the quotation marks stands a character that cannot be seen"),
        ('status = ^"activ"', 'there is no status "activ", did you mean "active"?'),
        ('topic = ^"Sport"', '"Sport" is not the key of a topic: lower-case letters, digits and hyphens'),
        ('(language = "es"^', 'a bracket is open still: ")" is missing'),
        ('language = "es"^)', "no bracket was opened that this one could close"),
        ('language = "es" ^language = "pt"', 'here has to stand "and" or "or"'),
        ('language = "es" and^', f"here has to stand a field: {FIELDS} or field.KEY"),
        ("not^", f"here has to stand a field: {FIELDS} or field.KEY"),
        (f"{'(' * 20}^(bounces = 1{')' * 21}", "there are more than 20 brackets in each other"),
    ],
)
def test_a_mistake_is_told_at_its_very_character(text: str, told: str) -> None:
    place = text.index("^")
    with pytest.raises(BadSegment) as caught:
        parse(text[:place] + text[place + 1 :])
    assert caught.value.told.startswith(told)
    assert caught.value.position == place
    assert caught.value.caret.splitlines()[1] == " " * (4 + place) + "^"


@pytest.mark.parametrize("text", ["", "  \n "])
def test_nothing_at_all_is_told_with_an_example(text: str) -> None:
    with pytest.raises(BadSegment) as caught:
        parse(text)
    assert str(caught.value) == 'there is nothing to choose by (try language = "es")\n    \n    ^'


def test_a_mistake_is_shown_in_its_own_line_below_wide_letters_and_within_long_ones() -> None:
    shown = []
    for text in ('language = "es"\nand jioned > 1', 'name = "日本" and jioned > 1', f'name = "{"a" * 100}" and x = 1'):
        with pytest.raises(BadSegment) as caught:
            parse(text)
        shown.append(caught.value.caret)
    assert shown[0] == "    and jioned > 1\n        ^"
    assert shown[1] == f'    name = "日本" and jioned > 1\n    {" " * 18}^'
    assert shown[2] == f'    …{"a" * 54}" and x = 1\n    {" " * 61}^'


def test_a_text_without_end_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadSegment, match="longer than 1000 characters"):
        parse('language = "es" or ' * 100_000)


def test_a_thousand_characters_of_denials_and_brackets_are_no_abyss() -> None:
    assert parse("not " * 245 + "bounces = 1").expression == Not(
        Comparison(Field("bounces", Kind.NUMBER), Operator.IS, (1,))
    )
    assert parse("(" * 20 + "bounces = 1" + ")" * 20) != parse("bounces = 1")
    assert len(parse(" or ".join(["bounces=1"] * 76)).expression.parts) == 76


PIECES = (
    "language joined field.x and or not in is unknown within starts with contains = != < ( ) , "
    """"es" 'x' 2026-01-01 30 days " “ \x00"""
).split(" ")


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)))
def test_whatever_is_written_is_understood_or_told_in_three_lines(text: str) -> None:
    with suppress(BadSegment):
        assert parse(text).text == text
        return
    with pytest.raises(BadSegment) as caught:
        parse(text)
    told, line, caret = str(caught.value).split("\n")
    assert told
    assert line.startswith("    ")
    assert caret.strip() == "^"
    assert 0 <= caught.value.position <= len(text)
