"""An issue that a model helped to write, from the article to the database."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session, select

from digest.publish import publish
from digest.store import issues
from digest.store.answers import StoredAnswers
from digest.store.models import AnswerRow, IssueState
from digest.workspace import Workspace
from tests.model.conftest import Endpoint, completion, send
from tests.publish.conftest import SLOT, make_workspace, workspace  # noqa: F401  # fixtures

DAY = SLOT.replace(hour=0)


def with_model(place: Workspace, endpoint: Endpoint, **options: Any) -> Workspace:
    told = {"llm_url": endpoint.url, "llm_model": "small", "llm_key": SecretStr("swordfish"), "llm_timeout": 20.0}
    return replace(place, settings=place.settings.model_copy(update={**told, **options}))


def writer(_: Endpoint, handler: Any, body: dict[str, Any]) -> None:
    """A model that writes the article's own words, and once invents a number."""
    material = json.loads(body["messages"][1]["content"])
    if "stories" in material:
        first, *others = material["stories"]
        answer = {"subject": first["headline"], "preheader": others[-1]["headline"]}
    else:
        place = material["title"].split()[1]
        number = 99 if place == "market" else material["title"].split()[-2][:-2]
        answer = {
            "headline": f"The {place} opens its doors",
            "summary": f"The {place} opens its doors for the {number}th time; the {place} sentence tells of {place}s.",
        }
    send(handler, completion(body, json.dumps(answer)))


def test_its_words_stand_in_the_issue_where_they_are_true(workspace: Workspace, endpoint: Endpoint) -> None:  # noqa: F811
    endpoint.reply = writer
    place = with_model(workspace, endpoint, llm_price_in=1.0)
    report = asyncio.run(publish(place, place.config.newsletter("daily"), SLOT))
    assert report.issue.state == IssueState.SENT
    told = {each.story.headline.split()[1]: (each.origin, each.note) for each in issues.stories_of(place.engine, 1)}
    assert told["library"] == ("model", "")
    assert told["market"] == ("extract", "the number “99” is not in the article")
    assert report.issue.subject == issues.stories_of(place.engine, 1)[0].story.headline
    with Session(place.engine) as session:
        rows = session.exec(select(AnswerRow)).all()
    assert len(rows) == len(endpoint.asked) == 4
    assert sum(row.cost for row in rows) == pytest.approx(0.004)


def test_an_issue_goes_out_in_our_words_when_the_model_fails(workspace: Workspace, endpoint: Endpoint) -> None:  # noqa: F811
    endpoint.fails(500, Retry_After="0")
    place = with_model(workspace, endpoint)
    report = asyncio.run(publish(place, place.config.newsletter("daily"), SLOT))
    assert (report.issue.state, report.issue.note) == (IssueState.SENT, "the model's server answered 500")
    assert {each.origin for each in issues.stories_of(place.engine, 1)} == {"extract"}


def test_answers_are_kept_and_a_days_tokens_are_counted(engine: Engine) -> None:
    yesterday, today = (StoredAnswers(engine, lambda at=at: at) for at in (DAY.replace(day=22), DAY))
    yesterday.put("a", "small", "{}", tokens=(100, 10), cost=0.1)
    today.put("b", "small", "{}", tokens=(200, 20), cost=0.2)
    today.put("b", "small", "other", tokens=(200, 20), cost=0.2)
    assert (today.get("a"), today.get("b"), today.get("c")) == ("{}", "{}", None)
    assert today.spent_today() == 220


def test_without_the_client_one_is_told_what_to_install_and_the_issue_goes_out(
    workspace: Workspace,  # noqa: F811
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    place = with_model(workspace, endpoint)
    report = asyncio.run(publish(place, place.config.newsletter("daily"), SLOT))
    assert report.issue.state == IssueState.SENT
    assert report.issue.note == 'DIGEST_LLM_URL needs the extra "llm": pip install "digest[llm]"'
