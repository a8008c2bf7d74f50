"""Prints how well pages are read, copies are folded and articles are summarized, and how fast; fails nothing.

Run by ``make bench-editorial`` on the material beside the repository.
"""

import sys

from duplicates import print_duplicates
from extraction import print_extraction
from speed import print_speed
from summaries import print_summaries
from table import DATA


def main() -> int:
    """Print the table."""
    if not DATA.is_dir():
        print(f"the material is not here ({DATA.name}): nothing was measured")
        return 0
    print(f"{'what':<44}{'figure':>10}")
    print_extraction()
    print_summaries()
    print_duplicates()
    print_speed()
    return 0


if __name__ == "__main__":
    sys.exit(main())
