"""The table that the benchmarks print, and where their material is."""

from pathlib import Path

DATA = Path(__file__).parents[3] / "shared" / "data"


def row(what: str, figure: float | str) -> None:
    """One line of the table."""
    print(f"{what:<44}{figure if isinstance(figure, str) else format(figure, '.3f'):>10}")
