"""Distils what digest lint knows of mail clients from the data of caniemail.com, an independent project (MIT).

Takes the path of its ``https://www.caniemail.com/api/data.json``; writes ``digest/clients.json``, which holds the
latest result of each test that ``digest/lint/features.json`` looks for.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1] / "digest"
YEAR = re.compile(r"\d{4}(-\d\d)?")
ABOUT = {
    "source": "https://www.caniemail.com",
    "licence": "MIT, Copyright (c) 2019 HTeuMeuLeu: see caniemail.LICENSE",
}
# Names as they stand in digest.toml, how readers know them, and whose results theirs are made of. The new Outlook for
# Windows shows mails as outlook.com does and has no results of its own; Gmail in a phone's browser is far behind its
# other three and hardly used, so it stands by itself.
CLIENTS = {
    "gmail": ("Gmail", ["gmail.desktop-webmail", "gmail.ios", "gmail.android"]),
    "gmail-mobile-web": ("Gmail in a phone's browser", ["gmail.mobile-webmail"]),
    "apple-mail": ("Apple Mail", ["apple-mail.macos", "apple-mail.ios"]),
    "outlook-windows": ("Outlook for Windows", ["outlook.windows"]),
    "outlook-new": ("the new Outlook", ["outlook.outlook-com"]),
    "outlook-web": ("Outlook on the web", ["outlook.outlook-com"]),
    "outlook-mac": ("Outlook for Mac", ["outlook.macos"]),
    "outlook-ios": ("Outlook for iOS", ["outlook.ios"]),
    "outlook-android": ("Outlook for Android", ["outlook.android"]),
    "windows-mail": ("Windows Mail", ["outlook.windows-mail"]),
    "yahoo": ("Yahoo Mail", ["yahoo.desktop-webmail", "yahoo.ios", "yahoo.android"]),
    "aol": ("AOL", ["aol.desktop-webmail", "aol.ios", "aol.android"]),
    "samsung": ("Samsung Email", ["samsung-email.android"]),
    "thunderbird": ("Thunderbird", ["thunderbird.windows", "thunderbird.macos"]),
    "protonmail": ("Proton Mail", ["protonmail.desktop-webmail", "protonmail.ios", "protonmail.android"]),
    "hey": ("HEY", ["hey.desktop-webmail"]),
    "fastmail": ("Fastmail", ["fastmail.desktop-webmail"]),
    "gmx": ("GMX", ["gmx.desktop-webmail", "gmx.ios", "gmx.android"]),
    "web-de": ("WEB.DE", ["web-de.desktop-webmail", "web-de.ios", "web-de.android"]),
    "t-online": ("T-Online", ["t-online-de.desktop-webmail"]),
    "ionos": ("IONOS", ["ionos-1and1.desktop-webmail", "ionos-1and1.android"]),
    "orange": ("Orange", ["orange.desktop-webmail", "orange.ios", "orange.android"]),
    "sfr": ("SFR", ["sfr.desktop-webmail", "sfr.ios", "sfr.android"]),
    "laposte": ("La Poste", ["laposte.desktop-webmail"]),
    "free-fr": ("Free", ["free-fr.desktop-webmail"]),
    "mail-ru": ("Mail.ru", ["mail-ru.desktop-webmail"]),
    "wp-pl": ("WP", ["wp-pl.desktop-webmail"]),
}
PLATFORMS = {
    "ios": "iOS",
    "android": "Android",
    "macos": "Mac",
    "windows": "Windows",
    "desktop-webmail": "on the web",
}


def main(arguments: list[str]) -> int:
    """Write ``clients.json``."""
    if len(arguments) != 1:
        print("say where caniemail's data.json is", file=sys.stderr)
        return 2
    published = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    looked_for = {
        use["feature"] for use in json.loads((PACKAGE / "lint" / "features.json").read_text(encoding="utf-8"))
    }
    known = {feature["slug"]: feature["stats"] for feature in published["data"]}
    missing = looked_for - known.keys()
    if missing:
        print(f"caniemail does not know {', '.join(sorted(missing))}", file=sys.stderr)
        return 1
    distilled = {
        "date": published["last_update_date"][:10],
        **ABOUT,
        "platforms": PLATFORMS,
        "clients": {name: {"title": title, "platforms": places} for name, (title, places) in CLIENTS.items()},
        "support": {feature: _support(known[feature]) for feature in sorted(looked_for)},
    }
    (PACKAGE / "clients.json").write_text(_lines(distilled), encoding="utf-8")
    return 0


def _support(stats: dict[str, Any]) -> dict[str, str]:
    """The latest result on each platform that is no plain yes: "n", or "a" with the numbers of its notes."""
    places = sorted({place for _, places in CLIENTS.values() for place in places})
    latest = {place: _latest(*place.split("."), stats) for place in places}
    return {place: result for place, result in latest.items() if result[0] in "na"}


def _latest(family: str, platform: str, stats: dict[str, Any]) -> str:
    results = stats.get(family, {}).get(platform) or {"": "u"}
    versions = list(results)
    if len({bool(YEAR.fullmatch(version)) for version in versions}) == 1:
        versions.sort(key=lambda version: [int(number) for number in re.findall(r"\d+", version)])
    support, *notes = results[versions[-1]].replace("#", " ").split()
    return " ".join([support, *notes])


def _lines(distilled: dict[str, Any]) -> str:
    """As JSON with a line for each client and each feature, so that a new version can be compared with the old."""
    parts = []
    for name, value in distilled.items():
        if isinstance(value, dict):
            inner = ",\n".join(f"    {json.dumps(key)}: {_written(entry)}" for key, entry in value.items())
            parts.append(f"  {json.dumps(name)}: {{\n{inner}\n  }}")
        else:
            parts.append(f"  {json.dumps(name)}: {_written(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
