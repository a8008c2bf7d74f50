"""A publisher who moves here brings the list that another service exported."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from subscribers.audience import audience
from subscribers.exchange import FORMATS, BadFile, State, Wanted, import_file
from subscribers.exchange.reading import open_sheet
from subscribers.exchange.services import SERVICES, recognise
from subscribers.models import Consent, Subscriber, Subscription, Suppression
from subscribers.roster import Outcome

EXPORTS = Path(__file__).parents[1] / "data" / "exports"
NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
A, P, U, S = "active", "pending", "unsubscribed", "suppressed"


@pytest.fixture
def take(session, now, keys):
    def file(name, **options):
        path = EXPORTS / name
        with path.open("rb") as source:
            wanted = Wanted(["daily"], "daily", file_name=path.name, **options)
            return import_file(session, source, wanted, now=now, keys=keys)

    return file


def standing(session):
    found = session.exec(
        select(Subscriber.address, Subscription.status).join(Subscription, Subscription.subscriber_id == Subscriber.id)
    )
    suppressed = dict.fromkeys(session.exec(select(Suppression.address)), S)
    return {address.partition("@")[0]: status for address, status in {**dict(found.all()), **suppressed}.items()}


@pytest.mark.parametrize(
    ("name", "service", "expected"),
    [
        ("subscribed_members_export_3f2a9c1d.csv", "mailchimp", {"ann": A, "bea": A}),
        ("unsubscribed_members_export_3f2a9c1d.csv", "mailchimp", {"cleo": U}),
        ("cleaned_members_export_3f2a9c1d.csv", "mailchimp", {"dan": S}),
        ("listmonk.csv", "listmonk", {"ann": A, "bea": U, "dan": S}),
        ("substack.csv", "substack", {"ann": A, "bea": A, "cleo": U}),
        ("ghost.csv", "ghost", {"ann": A, "cleo": U, "dora": U}),
        ("buttondown.csv", "buttondown", {"ann": A, "bea": P, "cleo": U, "dan": S, "dora": S}),
        ("kit.csv", "kit", {"ann": A, "bea": P, "cleo": U, "dan": S, "dora": S}),
        ("phplist.csv", "phplist", {"ann": A, "bea": P, "cleo": U}),
    ],
)
def test_an_export_is_known_by_its_header_and_everybody_keeps_their_standing(session, take, name, service, expected):
    report = take(name)
    assert (report.format, report.refused) == (service, 0)
    assert standing(session) == expected
    assert len(session.execute(audience("daily")).all()) == list(expected.values()).count(A)
    assert set(take(name).outcomes) <= {Outcome.KNOWN, Outcome.SUPPRESSED}


@pytest.mark.parametrize(
    ("name", "asked", "confirmed", "fields"),
    [
        (
            "subscribed_members_export_3f2a9c1d.csv",
            datetime(2019, 3, 14, 9, 12, 31, tzinfo=UTC),
            datetime(2019, 3, 14, 9, 14, tzinfo=UTC),
            {"favourite-team": "Harbour FC", "tags": '"VIP","Port"'},
        ),
        (
            "listmonk.csv",
            datetime(2021, 5, 6, 7, 8, 9, tzinfo=UTC),
            None,
            {"city": "Lisbon", "projects": '{"stars": 7}', "age": "41"},
        ),
        (
            "substack.csv",
            datetime(2022, 6, 1, 12, 30, tzinfo=UTC),
            None,
            {
                "active-subscription": "true",
                "expiry": "2027-07-01T00:00:00.000Z",
                "plan": "yearly",
                "first-payment-at": "2022-07-15T00:00:00.000Z",
            },
        ),
        (
            "ghost.csv",
            datetime(2022, 10, 10, 10, 10, 10, tzinfo=UTC),
            None,
            {"note": "Early supporter", "complimentary-plan": "false", "labels": "port,news"},
        ),
        (
            "buttondown.csv",
            datetime(2023, 4, 5, 6, 7, 8, tzinfo=UTC),
            None,
            {"notes": "met at the quay", "city": "Lisbon", "tags": "port", "source": "import"},
        ),
        ("kit.csv", datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC), None, {"tags": "port,news", "favourite-boat": "Sloop"}),
        (
            "phplist.csv",
            datetime(2016, 11, 12, 13, 14, 15, tzinfo=UTC),
            None,
            {"city": "Lisbon", "list-membership": "newsletter"},
        ),
    ],
)
def test_names_dates_and_own_fields_come_along(session, take, name, asked, confirmed, fields):
    take(name)
    ann = session.exec(select(Subscriber).where(Subscriber.address == "ann@example.com")).one()
    since = session.exec(select(Subscription).where(Subscription.subscriber_id == ann.id)).one()
    assert ann.name in ("Ann Arbour", "Ann", "")
    assert (since.requested_at.replace(microsecond=0), since.confirmed_at.replace(microsecond=0)) == (
        asked,
        confirmed or asked,
    )
    assert ann.fields == fields


def test_the_record_says_when_we_were_told_and_what_we_were_told(session, take, now):
    take("subscribed_members_export_3f2a9c1d.csv")
    first = session.exec(select(Consent).order_by(Consent.id)).first()
    assert (first.act, first.at, first.form) == ("imported", now, "import")
    assert first.note == (
        "the imported file of Mailchimp says: asked 2019-03-14 09:12:31 UTC, confirmed 2019-03-14 09:14:00 UTC"
    )


def test_when_somebody_left_elsewhere_is_kept(session, take):
    take("unsubscribed_members_export_3f2a9c1d.csv")
    assert session.exec(select(Subscription.ended_at)).one() == datetime(2021, 2, 3, 4, 5, 6, tzinfo=UTC)


def sheet(text, **options):
    options = {"newsletters": ["daily"], "newsletter": "daily", **options}
    return open_sheet(text.splitlines(keepends=True), Wanted(**options), NOW)


def states(text, **options):
    return [row.state for row in sheet(text, **options).rows]


def test_a_mailchimp_file_whose_name_was_lost_is_not_guessed_at():
    text = "Email Address,MEMBER_RATING\nann@example.com,2\n"
    with pytest.raises(BadFile, match="--status active, unsubscribed or suppressed"):
        sheet(text)
    assert states(text, status=State.ACTIVE) == [State.ACTIVE]
    assert states(text, file_name="unsubscribed_members_export_1.csv") == [State.UNSUBSCRIBED]


def test_a_lost_name_of_those_who_left_is_seen_from_the_columns():
    text = "Email Address,MEMBER_RATING,UNSUB_TIME\nann@example.com,2,\n"
    assert states(text) == [State.UNSUBSCRIBED]
    assert states(text.replace("UNSUB", "CLEAN")) == [State.SUPPRESSED]


def test_people_who_never_subscribed_are_not_taken_for_subscribers():
    text, name = "Email Address,MEMBER_RATING\na@example.com,2\n", "nonsubscribed_members_export_1.csv"
    for status in (None, State.ACTIVE):
        with pytest.raises(BadFile, match="never subscribed"):
            sheet(text, file_name=name, status=status)
    assert states(text, file_name=name, status=State.PENDING) == [State.PENDING]


def test_the_name_of_a_file_of_those_who_left_counts_whoever_wrote_it_and_whatever_is_asked():
    text, name = "email\nann@example.com\n", "unsubscribed.csv"
    assert states(text, file_name=name) == states(text, file_name=name, status=State.ACTIVE) == [State.UNSUBSCRIBED]


def test_a_list_that_somebody_tidied_up_is_not_taken_for_failed_addresses():
    assert states("email\nann@example.com\n", file_name="cleaned.csv") == [State.ACTIVE]


def test_a_file_of_unknown_columns_says_what_was_seen_and_what_to_do():
    with pytest.raises(BadFile, match=r'"email".*it names "contact", "town".*--format digest, mailchimp'):
        sheet("Contact,Town\nann@example.com,Lisbon\n")


def test_a_format_can_be_said_when_the_header_does_not_tell():
    text = "Email,Confirmed,City\nann@example.com,0,Lisbon\n"
    assert states(text) == [State.ACTIVE]
    assert states(text, format="phplist") == [State.PENDING]


WORDS = sorted({word for known in FORMATS.values() for word, state in known.statuses.items()})
GRAVE = {word for known in FORMATS.values() for word, state in known.statuses.items() if state >= State.UNSUBSCRIBED}


@given(st.sampled_from([known for known in SERVICES if "status" in known.columns.values()]), st.data())
def test_nobody_who_left_becomes_active_whatever_else_the_row_and_the_operator_say(known, data):
    column = next(name for name, ours in known.columns.items() if ours == "status")
    address = next(name for name, ours in known.columns.items() if ours == "email")
    word = data.draw(st.sampled_from(sorted(GRAVE)))
    base = data.draw(st.sampled_from(State))
    text = f"{address},{column}\nann@example.com,{word.upper()}\n"
    assert states(text, format=known.key, status=base)[0] >= State.UNSUBSCRIBED


@given(st.sampled_from(SERVICES), st.data())
def test_an_export_is_known_in_whatever_order_its_columns_are(known, data):
    mark = data.draw(st.sampled_from(known.marks))
    columns = data.draw(st.permutations(sorted(mark | {"city"})))
    assert recognise(columns) is known


def test_no_word_means_different_things_in_one_table_and_every_target_is_ours():
    ours = set(FORMATS["digest"].columns.values())
    for known in SERVICES:
        assert set(known.columns.values()) <= ours
        assert not known.ignored & (known.columns.keys() | known.signs.keys() | known.objects)
        assert not any(mark & known.ignored == mark for mark in known.marks)


def test_an_unclear_yes_or_no_is_refused():
    [row] = sheet("email,subscribed_to_emails\nann@example.com,perhaps\n").rows
    assert row.reason == 'subscribed to emails: "perhaps" is neither yes nor no'


def test_a_broken_object_of_fields_is_refused():
    for cell, reason in (("{", "it is not JSON"), ("[1]", "it is not a JSON object"), ("[" * 9000, "it is not JSON")):
        [row] = sheet(f'uuid,email,attributes,status\n1,ann@example.com,"{cell}",enabled\n').rows
        assert row.reason == f"attributes: {reason}"


def test_own_fields_are_few_short_and_have_clean_names(session, now, keys, tmp_path):
    many = {f"Field {number}": "x" * 600 for number in range(70)} | {"": "nameless", "=cmd": "a\nb\0c"}
    [row] = sheet("email,fields\nann@example.com," + '"' + json.dumps(many).replace('"', '""') + '"\n').rows
    fields = row.entry.details.fields
    assert len(fields) == 50
    assert {len(value) for value in fields.values()} == {500}
    assert all(key.isascii() and key[0].isalpha() for key in fields)


def test_a_report_says_how_many_are_what(take):
    assert take("buttondown.csv").states == Counter({A: 1, P: 1, U: 1, S: 2})
