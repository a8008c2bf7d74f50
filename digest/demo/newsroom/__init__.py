"""Two small publishers and an agency of an invented port town, served over real HTTP."""

from digest.demo.newsroom.server import Newsroom

__all__ = ["Newsroom"]
