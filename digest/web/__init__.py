"""The web pages: subscribing and leaving, past issues, and an inbox for trying things out."""

from digest.web.app import create_app
from digest.web.inbox import inbox_router

__all__ = ["create_app", "inbox_router"]
