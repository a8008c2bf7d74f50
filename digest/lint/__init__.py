"""A mail looked through before it is sent: what readers would miss, what filters would mind, and what to do about it.

Pure: no network and no other process. What the two need stands apart, in ``remote`` and ``spamassassin``.
"""

from digest.clients import DEFAULT_CLIENTS, KNOWN_CLIENTS
from digest.lint.findings import Finding, Severity
from digest.lint.lint import lint_html, lint_message

__all__ = ["DEFAULT_CLIENTS", "KNOWN_CLIENTS", "Finding", "Severity", "lint_html", "lint_message"]
