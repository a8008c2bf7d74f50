"""Segments in digest.toml: read when the file is, so that no issue waits for a mistake in one."""

from pathlib import Path

import pytest

from digest.configuring import read_config
from subscribers.segments import parse
from tests.config.test_config_files import RIGHT, read

LIMITED = RIGHT.replace('title = "Daily"', 'title = "Daily"\nsegment = "regulars"')

TOPIC = '[topics.sport]\nwords = ["goal"]\n'


def test_a_newsletter_is_limited_to_a_segment(tmp_path: Path) -> None:
    text = 'engaged within 90 days\n  and not topic = "sport"'
    assert read(tmp_path, f"{LIMITED}\n[segments]\nregulars = '''{text}'''\n{TOPIC}") == ""
    config = read_config(tmp_path / "digest.toml")
    assert config.segment_of(config.newsletter("daily")) == config.segment("regulars") == parse(text)


def test_a_newsletter_without_a_segment_is_for_everybody(tmp_path: Path) -> None:
    assert read(tmp_path, RIGHT) == ""
    config = read_config(tmp_path / "digest.toml")
    assert config.segment_of(config.newsletter("daily")) is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (LIMITED, 'newsletters.daily.segment: there is no segment "regulars" (known: none)'),
        (
            f"{LIMITED}[segments]\nregular = 'bounces = 0'\n",
            'newsletters.daily.segment: there is no segment "regulars" (known: regular)',
        ),
        (
            f"{RIGHT}[segments]\nname = 'bounces = 0 and nmae = \"Ann\"'\n",
            (
                'segments.name: there is no field "nmae", did you mean "name"?\n'
                '    bounces = 0 and nmae = "Ann"\n'
                "                    ^"
            ),
        ),
        (
            f"{RIGHT}[segments]\nregulars = ''\n",
            'segments.regulars: there is nothing to choose by (try language = "es")\n    \n    ^',
        ),
        (
            f"{RIGHT}[segments]\nregulars = 30\n",
            """segments.regulars: a segment is an expression in quotation marks: 'language = "es"'""",
        ),
        (
            f"{RIGHT}[segments]\nRegulars = 'bounces = 0'\n",
            'segments.Regulars: a key is lower-case letters, digits and hyphens (try "segments.daily")',
        ),
        (
            f'{RIGHT}[segments]\nregulars = \'not topic in ("sport", "sprot")\'\n{TOPIC}',
            (
                'segments.regulars: there is no topic "sprot", did you mean "sport"?\n'
                '    not topic in ("sport", "sprot")\n'
                "                           ^"
            ),
        ),
        (
            f'{RIGHT}[segments]\nregulars = \'newsletter = "weekly" or topic = "sport"\'\n',
            (
                'segments.regulars: there is no newsletter "weekly" (known: daily)\n'
                '    newsletter = "weekly" or topic = "sport"\n'
                "                 ^"
            ),
        ),
        (
            RIGHT.replace('title = "Daily"', 'title = "Daily"\nsegment = 3'),
            """newsletters.daily.segment: 3: Input should be a valid string (try "regulars")""",
        ),
    ],
)
def test_a_mistake_is_told_with_its_key_and_a_caret(tmp_path: Path, text: str, complaint: str) -> None:
    assert read(tmp_path, text) == complaint
