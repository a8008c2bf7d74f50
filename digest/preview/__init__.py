"""An issue as it would be sent now, for an editor's eyes: kept nowhere, sent to nobody but whom the editor names."""

from digest.preview.files import SUFFIXES, refuse_other_endings, write_preview
from digest.preview.issue import Preview, preview_issue, preview_stored, refuse_unknown, variants_of
from digest.preview.readers import read_address, sample_recipient
from digest.preview.sending import send_test

__all__ = [
    "SUFFIXES",
    "Preview",
    "preview_issue",
    "preview_stored",
    "read_address",
    "refuse_other_endings",
    "refuse_unknown",
    "sample_recipient",
    "send_test",
    "variants_of",
    "write_preview",
]
