"""The time zones that a reader can choose among: one for each place of the tz database's ``zone.tab``."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from subscribers.languages import N_

REGIONS = {
    "Africa": N_("Africa"),
    "America": N_("America"),
    "Antarctica": N_("Antarctica"),
    "Asia": N_("Asia"),
    "Atlantic": N_("Atlantic Ocean"),
    "Australia": N_("Australia"),
    "Europe": N_("Europe"),
    "Indian": N_("Indian Ocean"),
    "Pacific": N_("Pacific Ocean"),
}
ELSEWHERE = {"Arctic/Longyearbyen": "Europe"}


@cache
def zones_by_region() -> Mapping[str, tuple[str, ...]]:
    """The IANA names of all inhabited zones, by the English name of where they are."""
    found: dict[str, list[str]] = {name: [] for name in REGIONS.values()}
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if not line.startswith("#"):
            zone = line.split("\t")[2]
            found[REGIONS[ELSEWHERE.get(zone, zone.partition("/")[0])]].append(zone)
    return {region: tuple(sorted(zones)) for region, zones in found.items()}


def is_zone(name: str) -> bool:
    """Whether a reader can choose the zone."""
    return any(name in zones for zones in zones_by_region().values())
