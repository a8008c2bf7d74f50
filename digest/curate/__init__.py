"""articles → stories: what is worth the reader's morning, chosen with a reason for each."""

from digest.curate.curate import Desk, curate
from digest.curate.duplicates import fold_duplicates
from digest.domain import Cluster

__all__ = ["Cluster", "Desk", "curate", "fold_duplicates"]
