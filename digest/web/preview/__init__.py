"""The preview in a browser: one page for one editor, on the loopback."""

from digest.web.preview.app import preview_app, serve_preview
from digest.web.preview.choice import Choice

__all__ = ["Choice", "preview_app", "serve_preview"]
