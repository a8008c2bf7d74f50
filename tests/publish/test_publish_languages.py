"""One issue in several languages: each reader gets our words in the one they chose, and the same stories."""

import asyncio
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from sqlmodel import Session, select

from digest.catalogues import language_for
from digest.newsletters import Newsletter
from digest.publish import Report, publish
from digest.store import issues
from digest.store.models import Subscriber
from digest.workspace import Workspace
from tests.postbox import Postbox
from tests.publish.conftest import SLOT, write_articles


def send(workspace: Workspace) -> Report:
    return asyncio.run(publish(workspace, workspace.config.newsletter("daily"), SLOT))


def choose(workspace: Workspace, **languages: str) -> None:
    """Let readers choose: ``reader1="de"``."""
    with Session(workspace.engine) as session:
        for reader, language in languages.items():
            chosen = select(Subscriber).where(Subscriber.address == f"{reader}@example.com")
            session.exec(chosen).one().language = language
        session.commit()


def mail_to(postbox: Postbox, address: str) -> EmailMessage:
    [content] = [content for to, content in postbox.received if to == address]
    return message_from_bytes(content, policy=policy.default)


def test_each_reader_gets_the_language_they_chose(make_workspace: Callable[..., Workspace], postbox: Postbox) -> None:
    workspace = make_workspace(readers=5)
    write_articles(workspace, 1, 2, 3)
    choose(workspace, reader1="de", reader2="ar-EG", reader3="tlh", reader4="en-GB")
    report = send(workspace)
    spoken = {
        address: mail_to(postbox, address).get_body(("html",))["Content-Language"] for address in postbox.recipients
    }
    assert spoken == {
        "reader1@example.com": "de",
        "reader2@example.com": "ar",
        "reader3@example.com": "en",
        "reader4@example.com": "en",
        "reader5@example.com": "en",
    }
    assert next(variant.language for variant in issues.variants_of(workspace.engine, report.issue.id or 0)) == "en"
    assert "November 23, 2026" in mail_to(postbox, "reader5@example.com").get_body(("plain",)).get_content()
    assert "23. November 2026" in mail_to(postbox, "reader1@example.com").get_body(("plain",)).get_content()
    assert 'dir="rtl"' in mail_to(postbox, "reader2@example.com").get_body(("html",)).get_content()
    assert len({mail["Subject"] for mail in (mail_to(postbox, to) for to in spoken)}) == 1


def test_a_newsletter_whose_readers_chose_nothing_is_rendered_once(workspace: Workspace, daily: Newsletter) -> None:
    report = send(workspace)
    assert len(issues.variants_of(workspace.engine, report.issue.id or 0)) == 1


def test_who_wants_the_newsletters_own_language_gets_its_own_form_of_it() -> None:
    assert language_for("pt", "pt-BR") == "pt-BR"
    assert language_for("PT_pt", "pt-BR") == "pt-BR"
    assert language_for("pt-BR", "en") == "pt"
    assert language_for("", "it") == "it"
    assert language_for("xx", "it") == "it"
