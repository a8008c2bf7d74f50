"""The list goes out as CSV and comes back the same, whatever is in its cells."""

import csv
import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from subscribers.audience import audience
from subscribers.exchange import BadFile, bare_cell, export_csv, guard_cell, import_csv
from subscribers.models import Consent, Subscriber
from subscribers.roster import Entry, Outcome, add, forget, remove
from subscribers.suppression import suppress

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def read(session, now, keys):
    def text(content, **options):
        options = {"newsletters": ["daily", "weekly"], **options}
        return import_csv(session, io.StringIO(content, newline=""), now=now, keys=keys, **options)

    return text


@given(st.text() | st.text("'=+-@\t\r x"))
def test_a_guarded_cell_is_no_formula_and_is_read_back_as_it_was(text):
    assert not guard_cell(text).startswith(FORMULA)
    assert bare_cell(guard_cell(text)) == text


def test_a_file_is_imported_once_however_often_it_is_read(session, read):
    content = (
        "email,name,newsletter\nann@example.com,Ann,daily\nANN@example.com,Ann,weekly\nbob@example.com,Bob,daily\n"
    )
    assert read(content).outcomes == Counter({Outcome.ADDED: 3})
    assert read(content).outcomes == Counter({Outcome.KNOWN: 3})
    assert session.exec(select(Subscriber.address)).all() == ["ann@example.com", "bob@example.com"]
    assert set(session.exec(select(Consent.act))) == {"imported"}


def test_a_wrong_row_is_refused_with_its_line_and_reason_and_the_others_go_on(read):
    report = read(
        "Email;Name;List;State\r\n"
        "ann@example.com;Ann;daily;active\r\n"
        "\r\n"
        "not an address;Bob;daily;\r\n"
        'eve@example.com;"Eve\nof two lines";nightly;\r\n'
        "kim@example.com;Kim;daily;dancing\r\n"
        "zoe@example.com;Zoe;daily\r\n"
    )
    assert report.outcomes[Outcome.ADDED] == 2
    assert [refusal.line for refusal in report.refusals] == [4, 6, 7]
    address, newsletter, status = (refusal.reason for refusal in report.refusals)
    assert "email address" in address
    assert '"nightly"' in newsletter
    assert '"dancing"' in status


def test_a_file_that_names_no_addresses_is_refused_as_a_whole(read):
    for content in ("", "name,age\nAnn,7\n", "ann@example.com\n"):
        with pytest.raises(BadFile, match="email"):
            read(content)


def test_a_broken_row_does_not_stop_the_rest(read):
    report = read("email\n" + "x" * 200_000 + "\nann@example.com\n", newsletter="daily")
    assert report.outcomes[Outcome.ADDED] == 1
    assert [refusal.line for refusal in report.refusals] == [2]


def test_an_import_never_brings_back_who_left_or_was_suppressed_or_erased(session, read, now, keys):
    content = "email\nann@example.com\nbob@example.com\neve@example.com\n"
    read(content, newsletter="daily")
    remove(session, "ann@example.com", now=now)
    suppress(session, "bob@example.com", "bounce", now)
    forget(session, "eve@example.com", now=now, keys=keys)
    assert read(content, newsletter="daily").outcomes == Counter({Outcome.LEFT: 1, Outcome.SUPPRESSED: 2})
    assert session.execute(audience("daily")).all() == []


def test_whom_another_list_marks_as_gone_is_gone_here_too(session, read):
    read("email\nann@example.com\nbob@example.com\n", newsletter="daily")
    report = read("email,status\nann@example.com,unsubscribed\nbob@example.com,bounced\n", newsletter="daily")
    assert report.outcomes == Counter({Outcome.ENDED: 1, Outcome.SUPPRESSED: 1})
    assert session.execute(audience("daily")).all() == []


def test_many_rows_go_in_by_batches(session, read, monkeypatch):
    monkeypatch.setattr("subscribers.exchange.importing.BATCH", 7)
    rows = "".join(f"reader{number}@example.com\n" for number in range(50))
    assert read("\ufeffemail\n" + rows, newsletter="daily").outcomes[Outcome.ADDED] == 50
    assert len(session.execute(audience("daily")).all()) == 50


def test_what_is_exported_can_be_imported_elsewhere(session, elsewhere, now, keys):
    people = [
        Entry("+tag@example.com", "daily", "=HYPERLINK(1)", "pt-BR"),
        Entry("'-x@example.com", "daily", '\'@x, "quoted"'),
        Entry("ann@example.com", "weekly", "Ann\u00e9"),
        Entry("gone@example.com", "daily"),
        Entry("bounced@example.com", "daily"),
    ]
    add(session, people, now=now, keys=keys)
    remove(session, "gone@example.com", now=now)
    suppress(session, "bounced@example.com", "bounce", now)
    session.commit()
    exported = "".join(export_csv(session))
    assert not any(cell.startswith(FORMULA) for row in csv.reader(io.StringIO(exported)) for cell in row)

    report = import_csv(
        elsewhere, io.StringIO(exported, newline=""), newsletters=["daily", "weekly"], now=now, keys=keys
    )
    assert not report.refusals
    assert _people(elsewhere) == _people(session) - {("bounced@example.com", "", "")}
    assert len(elsewhere.execute(audience("daily")).all()) == 2


def _people(session):
    return {(row.address, row.name, row.language) for row in session.exec(select(Subscriber))}
