"""Files as they come: of any encoding, any delimiter, and some that were made to do harm."""

import codecs
import csv
import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from subscribers.exchange import BadFile, Rejects, Wanted, Watch, import_file
from subscribers.exchange.cells import bare_cell, clean_fields, field_key, read_instant, read_moment, read_page
from subscribers.exchange.encoding import LONGEST_LINE, lines_of, look_at
from subscribers.models import Subscriber, Subscription
from subscribers.roster import Outcome

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
PEOPLE = "email,name\nann@example.com,Zoë Müller\nbea@example.com,Łucja\n"
WESTERN = "email,name\r\nann@example.com,Zoë Müller\r\nbea@example.com,“Bea” – 5 €\r\n"


@pytest.fixture
def take(session, now, keys):
    def content(raw, **options):
        file = io.BytesIO(raw if isinstance(raw, bytes) else raw.encode())
        watch = options.pop("watch", None)
        wanted = Wanted(["daily"], "daily", **options)
        return import_file(session, file, wanted, now=now, keys=keys, watch=watch)

    return content


def names(session):
    return session.exec(select(Subscriber.name).order_by(Subscriber.address)).all()


@pytest.mark.parametrize(
    "raw",
    [
        PEOPLE.encode(),
        codecs.BOM_UTF8 + PEOPLE.encode(),
        PEOPLE.encode("utf-16"),
        codecs.BOM_UTF16_BE + PEOPLE.encode("utf-16-be"),
        PEOPLE.replace(",", ";").encode(),
        PEOPLE.replace(",", "\t").replace("\n", "\r\n").encode("utf-16"),
        PEOPLE.replace("\n", "\r").encode(),
        b"sep=;\r\n" + PEOPLE.replace(",", ";").encode(),
    ],
)
def test_any_usual_encoding_and_delimiter_is_read(session, take, raw):
    assert take(raw).outcomes == {Outcome.ADDED: 2}
    assert names(session) == ["Zoë Müller", "Łucja"]


def test_an_old_spreadsheets_encoding_is_read(session, take):
    take(WESTERN.encode("cp1252"))
    assert names(session) == ["Zoë Müller", "“Bea” – 5 €"]


def test_one_broken_byte_does_not_turn_a_whole_list_into_gibberish(session, take):
    take(PEOPLE.encode() + b"cleo@example.com,Cl\xff\xe9o\n" + "dan@example.com,Dän\n".encode())
    assert names(session)[::3] == ["Zoë Müller", "Dän"]


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), st.integers(1, 5))
def test_utf8_is_known_wherever_a_chunk_of_it_ends(text, size):
    raw = text.replace("\ufffd", "?").encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("subscribers.exchange.encoding.CHUNK", size)
        look = look_at(io.BytesIO(raw))
    assert look.encoding in ("utf-8", "utf-8-sig") or raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    assert look.size == len(raw)


def test_lines_keep_newlines_within_quotes_and_null_bytes_do_no_harm(session, take):
    report = take(
        'email,name\nann@example.com,"Ann\nof\r\ntwo ""lines"""\nb\0b@example.com,Bob\neve@example.com,E\0ve\n'
    )
    assert names(session) == ['Ann of two "lines"', "E ve"]
    assert [refusal.line for refusal in report.refusals] == [5]


def test_a_quote_that_is_never_closed_is_told_with_all_the_lines_it_swallowed(session, take):
    report = take('email,name\nann@example.com,Ann\nbea@example.com,"Bea\n' + "c@example.com,C\n" * 50)
    assert names(session) == ["Ann"]
    assert [(refusal.line, refusal.reason) for refusal in report.refusals] == [
        (53, "this is not CSV: unexpected end of data; lines 3 to 53 are lost in it")
    ]


def test_a_name_with_a_loose_comma_does_not_shift_its_row(take):
    report = take("email,name,status\nann@example.com,Quay, Ann,unsubscribed\n")
    assert report.refusals[0].reason == "there are 4 cells for 3 columns (is a comma not quoted?)"


def test_a_line_without_end_is_refused_before_it_fills_the_memory(take):
    with pytest.raises(BadFile, match="is this a CSV file"):
        take(b"email\n" + b"x" * (LONGEST_LINE + 1))


def test_a_file_of_thousands_of_columns_is_refused(take):
    with pytest.raises(BadFile, match="1001 columns"):
        take("email" + ",x" * 1000 + "\n")


@given(st.binary(max_size=300))
def test_whatever_the_bytes_are_the_lines_of_a_file_can_be_read(raw):
    file = io.BytesIO(raw)
    assert sum(map(len, lines_of(file, look_at(file).encoding))) <= len(raw)


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_whatever_stands_in_a_cell_a_field_is_clean(text):
    for key, value in clean_fields([(text, text)]).items():
        assert key == field_key(key)
        assert value.isprintable()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-03-14", datetime(2024, 3, 14, tzinfo=UTC)),
        ("2024-03-14T09:12:31Z", datetime(2024, 3, 14, 9, 12, 31, tzinfo=UTC)),
        ("2024-03-14 09:12:31 UTC", datetime(2024, 3, 14, 9, 12, 31, tzinfo=UTC)),
        ("2024-03-14 09:12:31.123456789 -0200 -02", None),
        ("2024-03-14 09:12:31.123456789 -0200 FNT", datetime(2024, 3, 14, 11, 12, 31, tzinfo=UTC)),
        ("3/4/2024 9:12", None),  # of March or of April
        ("2030-01-01", None),
        ("1900-01-01", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2024-13-14 09:12:31 UTC", None),
        ("", None),
    ],
)
def test_a_date_is_read_or_left_out_and_never_guessed(cell, expected):
    assert read_instant(cell, NOW) == expected


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_an_instant_that_anybody_wrote_is_read_as_it_was(when, minutes):
    there = when.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert read_moment(there.isoformat()) == there


def test_only_a_web_page_is_taken_for_one():
    assert {read_page(text) for text in ("javascript:x", "https://", "https://[", "https://a/\nb")} == {""}
    assert read_page(" https://www.example.com/a ") == "https://www.example.com/a"


def test_rows_that_were_refused_can_be_mended_and_imported(session, take):
    written = io.StringIO(newline="")
    rejects = Rejects(lambda: written)
    watch = Watch(header=rejects.header, refused=rejects.refused)
    take("Email;Name;Status\nann@;=1+1;active\nbea@example.com;Bea;active\n", watch=watch)
    lines = written.getvalue()
    assert not any(cell.startswith("=") for row in csv.reader(io.StringIO(lines)) for cell in row)

    again = io.StringIO(newline="")
    second = Rejects(lambda: again)
    take(lines, watch=Watch(header=second.header, refused=second.refused))
    assert again.getvalue().splitlines()[0] == "reject_line,reject_reason,Email,Name,Status"
    assert take(lines.replace("ann@", "ann@example.com")).outcomes == {Outcome.ADDED: 1}
    ann = session.exec(select(Subscriber).where(Subscriber.address == "ann@example.com")).one()
    assert (ann.name, ann.fields) == ("=1+1", {})


def test_refusals_of_a_long_wrong_file_are_counted_and_not_all_kept(take, monkeypatch):
    monkeypatch.setattr("subscribers.exchange.importing.KEPT_REFUSALS", 3)
    report = take("email\n" + "nobody\n" * 10)
    assert (report.refused, len(report.refusals)) == (10, 3)


def test_a_cell_that_is_guarded_is_bare_in_the_list(session, take):
    take("email,name\n'+tag@example.com,'=SUM(A1)\n")
    assert session.exec(select(Subscriber.address, Subscriber.name)).one() == ("+tag@example.com", "=SUM(A1)")
    assert bare_cell("'Ann'") == "'Ann'"
    assert session.exec(select(Subscription.status)).one() == "active"
