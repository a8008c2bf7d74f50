"""What the pages count, for whoever watches over them: sign-ups by what became of them, letters, pressure.

The format is that of Prometheus. No address, network or newsletter is told: only numbers.
"""

from dataclasses import dataclass, field

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST


@dataclass(frozen=True, slots=True)
class Meters:
    """The counters of one application. Safe to share between threads."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    signups: Counter = field(init=False)
    letters: Counter = field(init=False)
    pressure: Gauge = field(init=False)

    def __post_init__(self) -> None:
        made = {
            "signups": Counter(
                "digest_signups", "Sign-ups by what became of them", ["outcome"], registry=self.registry
            ),
            "letters": Counter(
                "digest_letters",
                "Letters by their kind and what became of them",
                ["kind", "outcome"],
                registry=self.registry,
            ),
            "pressure": Gauge(
                "digest_signup_pressure", "1 while sign-ups need a proof of work", registry=self.registry
            ),
        }
        for name, meter in made.items():
            object.__setattr__(self, name, meter)

    def told(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)
