"""A stand-in for the two addresses that the prompt's script speaks with, until the real ones are in this branch.

It keeps what it was sent, and gives the answers that a test lays out for it.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

CHECK = {"state": "check", "message": "Look into your inbox."}
WORDS = {
    "prompt": "Subscribe free to our daily newsletter",
    "email": "Your email address",
    "name": "Your name",
    "optional": "optional",
    "button": "Subscribe free",
    "note": "We send one mail to confirm first.",
    "close": "Close",
    "sending": "Sending…",
    "check": "Check your inbox",
    "failed": "That did not work. Please try again.",
    "proving": "One moment…",
    "choose": "Choose at least one newsletter",
}
SALT = "3f9a?expires=1900000000"
NUMBER = 1234


@dataclass
class Reception:
    """``answers`` are given in turn, the last one for ever; ``wishes`` are what came."""

    url: str
    newsletters: list[dict[str, str]] = field(
        default_factory=lambda: [
            {"key": "daily", "title": "The Harbour Daily", "tagline": "The news, in three minutes"}
        ]
    )
    questions: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=lambda: [(202, CHECK)])
    wishes: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    direction: str = "ltr"

    def router(self) -> APIRouter:
        """The two routes."""
        router = APIRouter(prefix="/api")

        @router.get("/prompt/{keys}")
        def prompt(keys: str, lang: str = "") -> JSONResponse:
            self.asked.append(f"{keys} {lang}")
            return JSONResponse(
                {
                    "newsletters": self.newsletters,
                    "language": lang or "en",
                    "direction": self.direction,
                    "words": WORDS,
                    "questions": self.questions,
                    "form": "a.signed.token",
                    "action": f"{self.url}/subscribe",
                    "archive": "",
                }
            )

        @router.post("/subscribe")
        async def subscribe(http: Request) -> JSONResponse:
            self.wishes.append(await http.json())
            status, answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            return JSONResponse(answer, status)

        return router


def challenge() -> dict[str, Any]:
    """What ALTCHA asks to be solved: the answer is NUMBER."""
    return {
        "algorithm": "SHA-256",
        "challenge": hashlib.sha256(f"{SALT}{NUMBER}".encode()).hexdigest(),
        "salt": SALT,
        "signature": "ab" * 32,
        "maxnumber": 50_000,
    }


def solved(proof: str) -> dict[str, Any]:
    """What a proof says."""
    return dict(json.loads(base64.b64decode(proof)))
