"""articles → stories: what is worth the reader's morning, chosen with a reason for each."""

from digest.curate.curate import curate
from digest.curate.duplicates import fold_duplicates

__all__ = ["curate", "fold_duplicates"]
