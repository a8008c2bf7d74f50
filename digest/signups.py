"""How a publisher takes sign-ups: from which sites, how many, of what addresses, and what is asked beside them."""

from typing import Literal

from pydantic import Field

from digest.kinds import Table, WebAddress


class SignUp(Table):
    """The table ``[signup]``.

    ``sites`` are those whose pages may show the prompt by script, beside ``site.url``. ``per_network`` sign-ups an hour
    come from one IP network, ``overall`` from all of them; from ``pressure`` in ten minutes on, each has to be paid for
    with a proof of work. ``disposable`` addresses are allowed, flagged for a second look, or refused. ``check_mx`` asks
    the name servers whether an address's domain takes mail. ``consent_network`` is how much of the IP address the proof
    of a consent keeps: its network, all of it, or nothing.
    """

    sites: tuple[WebAddress, ...] = ()
    per_network: int = Field(default=20, ge=1)
    overall: int = Field(default=600, ge=1)
    pressure: int = Field(default=60, ge=0)
    disposable: Literal["allow", "flag", "refuse"] = "flag"
    check_mx: bool = False
    consent_network: Literal["network", "full", "none"] = "network"


class AskedField(Table):
    """Something that forms ask beside the address. ``key`` is its name in ``digest.toml``, and in the list.

    ``options`` are what there is to choose from; without them any words will do.
    """

    key: str
    label: str = Field(min_length=1, max_length=100)
    options: tuple[str, ...] = Field(default=(), max_length=100)
