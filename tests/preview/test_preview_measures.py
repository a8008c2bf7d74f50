"""How large a mail is, where lists cut its first line, and how its header reads."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from digest.newsletters import Newsletter
from digest.preview import preview_issue, sample_recipient
from digest.preview.headers import header_fields
from digest.preview.measures import CUTS, cut_for_lists, measures
from digest.workspace import Workspace


@given(st.text())
def test_a_cut_text_is_whole_and_cut_where_lists_cut(text: str) -> None:
    pieces = cut_for_lists(text)
    assert "".join(pieces) == text
    edges = [len("".join(pieces[:number])) for number in range(1, len(pieces))]
    assert edges == list(CUTS)[: len(edges)]


def test_a_mail_is_measured(workspace: Workspace, daily: Newsletter) -> None:
    preview = asyncio.run(preview_issue(workspace, daily))
    recipient = sample_recipient(daily)
    found = measures(preview, recipient)
    assert found.message > found.html > found.text > 0
    assert found.of_gmail == found.html / 102_400
    assert (found.stories, found.minutes, found.pictures) == (3, 1, 0)


def test_a_header_is_read_as_it_is_meant(workspace: Workspace, daily: Newsletter) -> None:
    newsletter = daily.model_copy(update={"title": "The Harbour Post – every single morning of the whole week ☀"})
    preview = asyncio.run(preview_issue(workspace, newsletter))
    raw = preview.message.for_recipient(sample_recipient(newsletter, "japanese"))
    fields = {field.name: field for field in header_fields(raw)}
    assert fields["List-Id"].value == f"{newsletter.title} <daily.post.example>"
    assert not fields["List-Id"].is_plain
    assert "=?utf-8?b?" in fields["List-Id"].raw
    assert fields["To"].value.startswith("山田 花子")
    assert fields["Precedence"].is_plain
    assert "\r\n".join(field.raw for field in header_fields(raw)).encode() == raw.partition(b"\r\n\r\n")[0]
