"""``digest subscribers``: the language that each reader is written to in."""

import json
from pathlib import Path

from digest.errors import AskedWrongly
from tests.cli.conftest import subscribers


def test_a_readers_language_is_taken_from_the_file_and_by_hand_and_listed(folder: Path) -> None:
    (folder / "list.csv").write_text("email,lang\nana@example.com,pt-BR\nbob@example.com,\n")
    assert subscribers(folder, "import", str(folder / "list.csv")).exit_code == 0
    assert subscribers(folder, "add", "eve@example.com", "--language", "fr").exit_code == 0
    listed = json.loads(subscribers(folder, "list", "--json").stdout)
    assert [(member["address"], member["language"]) for member in listed] == [
        ("ana@example.com", "pt-BR"),
        ("bob@example.com", ""),
        ("eve@example.com", "fr"),
    ]


def test_what_is_no_language_is_refused_before_anything_is_stored(folder: Path) -> None:
    answer = subscribers(folder, "add", "eve@example.com", "--language", "klingon!")
    assert isinstance(answer.exception, AskedWrongly)
    assert str(answer.exception) == '"klingon!" is not a language tag (try fr, or pt-BR)'
    assert json.loads(subscribers(folder, "list", "--json").stdout) == []
