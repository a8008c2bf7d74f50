"""A language model asked over the network: any endpoint that speaks OpenAI's chat protocol (Ollama and vLLM do).

It is asked within bounds of time, of requests at once and of tokens a day, and never raises for the model's or the
network's fault: an issue is never late because of a model. What it answered is remembered, good or not, so that the
same question costs nothing a second time.
"""

import asyncio
import importlib.util
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, NonNegativeInt, ValidationError

from digest.settings import Settings
from digest.summarize.asking import (
    Piece,
    Question,
    SubjectLines,
    Unusable,
    Words,
    ask_for_story,
    ask_for_subject,
    read_story,
    read_subject,
    without_model,
)

logger = logging.getLogger(__name__)

MOST_TOKENS = 400  # of one answer
LONGEST_ANSWER = 10_000  # characters; what is longer obeyed no limit, and has not the form that was asked for
CHARACTERS_A_TOKEN = 3  # at least about so many, in any language
LEAST_SECONDS = 1.0
# What some endpoints refuse, and what they want instead.
OPTIONS: dict[str, dict[str, Any]] = {"max_tokens": {"max_completion_tokens": MOST_TOKENS}, "temperature": {}}
Read = TypeVar("Read")


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: NonNegativeInt = 0
    completion_tokens: NonNegativeInt = 0


class _Completion(BaseModel):
    """What is read of an endpoint's answer. The client takes any JSON for one, so that its form is checked here."""

    choices: list[_Choice] | None = None
    usage: _Usage | None = None


class Answers(Protocol):
    """What models answered before, and what that used."""

    def get(self, key: str) -> str | None:
        """The answer to the question with this print; None when it was never asked."""

    def put(self, key: str, model: str, answer: str, *, tokens: tuple[int, int], cost: float) -> None:
        """Remember an answer, the tokens that went in and came out, and what they cost."""

    def spent_today(self) -> int:
        """The tokens used since midnight, UTC."""


@dataclass(frozen=True, slots=True)
class Voice:
    """For which newsletter a model writes, how, and in which language when an article tells none."""

    title: str
    manner: str = ""
    language: str = ""


class Model:
    """The model of the settings, for the words of one issue. ``answers`` remembers what it said."""

    def __init__(self, settings: Settings, answers: Answers, voice: Voice) -> None:
        self._settings = settings
        self._answers = answers
        self._voice = voice
        self._room = asyncio.Semaphore(settings.llm_connections)
        self._deadline = asyncio.get_running_loop().time() + settings.llm_timeout
        self._promised = 0  # tokens of questions that are under way
        # What the endpoint turned out not to know is not tried again.
        self._options: dict[str, Any] = {"temperature": 0, "max_tokens": MOST_TOKENS}
        self._formats = ["json_schema", "json_object", ""]

    async def stories(self, pieces: Sequence[Piece]) -> list[Words]:
        """The words for each piece, in order: the model's, or with the reason those that are there already."""
        return list(await asyncio.gather(*(self._story(piece) for piece in pieces)))

    async def subject(self, stories: Sequence[Words], ours: SubjectLines, recent: Sequence[str]) -> SubjectLines:
        """The subject and the preheader: the model's, or with the reason ``ours``."""
        voice = self._voice
        question = ask_for_subject(stories, recent, title=voice.title, voice=voice.manner, language=voice.language)
        try:
            return await self._answered(question, lambda told: read_subject(told, stories, recent, voice.language))
        except Unusable as why:
            logger.warning("the model's subject is not used: %s", why)
            return SubjectLines(ours.subject, ours.preheader, str(why))

    async def _story(self, piece: Piece) -> Words:
        language = piece.article.language or self._voice.language
        question = ask_for_story(piece, title=self._voice.title, voice=self._voice.manner, language=language)
        try:
            return await self._answered(question, lambda told: read_story(told, piece))
        except Unusable as why:
            return without_model(piece, str(why))

    async def _answered(self, question: Question, read: Callable[[str], Read]) -> Read:
        """What the answer says. Raises Unusable, with the reason, when there is none that can be used."""
        key = question.key(self._settings.llm_model)
        known = self._answers.get(key)
        return read(known if known is not None else await self._in_time(question, key))

    async def _in_time(self, question: Question, key: str) -> str:
        try:
            async with asyncio.timeout_at(self._deadline), self._room:
                return await self._ask(question, key)
        except TimeoutError:
            raise Unusable("the model did not answer in time") from None

    async def _ask(self, question: Question, key: str) -> str:
        if importlib.util.find_spec("openai") is None:
            raise Unusable('DIGEST_LLM_URL needs the extra "llm": pip install "digest[llm]"')
        from openai import OpenAIError  # noqa: PLC0415  # an extra, and slow to load

        promised = (len(question.instructions) + len(question.material)) // CHARACTERS_A_TOKEN + MOST_TOKENS
        if self._answers.spent_today() + self._promised + promised > self._settings.llm_daily_tokens:
            raise Unusable("the day's tokens are used up")
        self._promised += promised
        try:
            completion = await self._complete(question)
        except OpenAIError as error:
            # The class and the status only: the rest may hold the question, or the key.
            status = getattr(error, "status_code", None)
            told = f"the model's server answered {status}" if status else f"the model failed ({type(error).__name__})"
            logger.warning("%s", told)
            raise Unusable(told) from None
        finally:
            self._promised -= promised
        answer, why = _taken(completion)
        self._remember(key, question, completion, answer)
        if why:
            raise Unusable(why)
        return answer

    async def _complete(self, question: Question) -> _Completion:
        """The endpoint's answer, asked for in the best way that it knows. Raises Unusable when it is none."""
        from openai import AsyncOpenAI, BadRequestError, UnprocessableEntityError  # noqa: PLC0415  # as above

        left = max(LEAST_SECONDS, self._deadline - asyncio.get_running_loop().time())
        key = self._settings.llm_key.get_secret_value() or "none"
        async with AsyncOpenAI(base_url=self._settings.llm_url, api_key=key, timeout=left, max_retries=1) as client:
            while True:
                form, options = self._formats[0], dict(self._options)
                try:
                    answer = await client.chat.completions.with_raw_response.create(
                        model=self._settings.llm_model,
                        messages=[
                            {"role": "system", "content": question.instructions},
                            {"role": "user", "content": question.material},
                        ],
                        **options,
                        **_response_format(form, question),
                    )
                except (BadRequestError, UnprocessableEntityError) as error:
                    if not self._learnt_from(str(error), form, options):
                        raise
                else:
                    return _read(answer.content)

    def _learnt_from(self, complaint: str, form: str, options: dict[str, Any]) -> bool:
        """Ask in a simpler way from now on; False when there is none. Others may have learnt the same meanwhile."""
        for option, instead in OPTIONS.items():
            if option in complaint and option in options:
                self._options.pop(option, None)
                self._options |= instead
                return True
        if form == self._formats[0]:
            self._formats = self._formats[1:] or [""]
        return bool(form)

    def _remember(self, key: str, question: Question, completion: _Completion, answer: str) -> None:
        used = completion.usage
        asked = (len(question.instructions) + len(question.material)) // CHARACTERS_A_TOKEN
        tokens = (used.prompt_tokens, used.completion_tokens) if used else (asked, len(answer) // CHARACTERS_A_TOKEN)
        prices = (self._settings.llm_price_in, self._settings.llm_price_out)
        cost = sum(count * price for count, price in zip(tokens, prices, strict=True)) / 1e6
        self._answers.put(key, self._settings.llm_model, answer, tokens=tokens, cost=cost)


def _read(content: bytes) -> _Completion:
    try:
        return _Completion.model_validate_json(content)
    except ValidationError:
        raise Unusable("the model's server answered in another form") from None


def _taken(completion: _Completion) -> tuple[str, str]:
    """The answer's text, and why it cannot be used, if it is clear already."""
    if not completion.choices:
        return "", "the model gave no answer"
    choice = completion.choices[0]
    if choice.message.refusal or choice.finish_reason == "content_filter":
        return "", "the model refused"
    if choice.finish_reason == "length":
        return "", "the model's answer was cut short"
    return (choice.message.content or "")[:LONGEST_ANSWER], ""


def _response_format(form: str, question: Question) -> dict[str, Any]:
    """How to ask for an object: by its schema, as any object, or in words alone."""
    schema = {"name": "words", "strict": True, "schema": dict(question.schema)}
    forms = {
        "json_schema": {"type": "json_schema", "json_schema": schema},
        "json_object": {"type": "json_object"},
    }
    return {"response_format": forms[form]} if form else {}
