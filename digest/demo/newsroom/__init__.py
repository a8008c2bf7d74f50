"""Two small publishers and an agency of an invented port town, served over real HTTP."""

from digest.demo.newsroom.server import Newsroom
from digest.demo.newsroom.site import SLIDING, Prompts

__all__ = ["SLIDING", "Newsroom", "Prompts"]
