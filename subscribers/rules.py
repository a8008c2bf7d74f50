"""How sign-ups are taken: what a publisher decides about them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rules:
    """``origins`` are those of the publisher's sites, whose pages may show the prompt by script.

    ``per_network`` and ``overall`` are sign-ups an hour; ``pressure``, in ten minutes, is from where each has to bring
    a proof of work. ``disposable`` is what becomes of throw-away addresses; ``check_mx`` asks the name servers whether
    a domain takes mail. ``network`` is how much of the IP address a proof of consent keeps.
    """

    origins: tuple[str, ...] = ()
    per_network: int = 20
    overall: int = 600
    pressure: int = 60
    disposable: Literal["allow", "flag", "refuse"] = "flag"
    check_mx: bool = False
    network: Literal["network", "full", "none"] = "network"


USUAL = Rules()
