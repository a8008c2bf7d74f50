"""inboxes → us: what mail programs and mail servers write back."""

from digest.feedback.leaving import leave_by_mail

__all__ = ["leave_by_mail"]
