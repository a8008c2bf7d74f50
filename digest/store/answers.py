"""What a language model answered, in the database: asked once, used as often as wanted, and counted."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from digest.store.models import AnswerRow


class StoredAnswers:
    """The answers in a database. ``clock`` gives aware UTC instants."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def get(self, key: str) -> str | None:
        """The answer to the question with this print; None when it was never asked."""
        with Session(self._engine) as session:
            return session.exec(select(AnswerRow.answer).where(AnswerRow.key == key)).one_or_none()

    def put(self, key: str, model: str, answer: str, *, tokens: tuple[int, int], cost: float) -> None:
        """Remember an answer, the tokens that went in and came out, and what they cost."""
        with Session(self._engine) as session:
            row = AnswerRow(key=key, model=model, answer=answer, cost=cost, asked_at=self._clock())
            row.tokens_in, row.tokens_out = tokens
            session.add(row)
            try:
                session.commit()
            except IntegrityError:  # another process asked the same at this very moment: its answer is as good
                session.rollback()

    def spent_today(self) -> int:
        """The tokens used since midnight, UTC."""
        midnight = self._clock().replace(hour=0, minute=0, second=0, microsecond=0)
        used = select(func.sum(AnswerRow.tokens_in + AnswerRow.tokens_out)).where(col(AnswerRow.asked_at) >= midnight)
        with Session(self._engine) as session:
            return session.exec(used).one() or 0
