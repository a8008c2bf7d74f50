"""Programs run beside the benchmark: Postfix's sink and source, and ours with what they cost in time and memory."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SINK, SOURCE = Path("/usr/sbin/smtp-sink"), Path("/usr/sbin/smtp-source")
LOOK_SECONDS = 0.02  # between two looks at a program that runs
START_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Cost:
    """What programs took from start to end: seconds by the clock and of the processor, and the most MB of any."""

    seconds: float
    processor: float
    memory: float


@contextmanager
def sink() -> Iterator[str]:
    """Postfix's smtp-sink, which takes every mail and keeps none, on a free port: its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([str(SINK), *user, "-c", address, "1000"], stdout=subprocess.DEVNULL)
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    host, port = address.split(":")
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection((host, int(port))):
            return
        time.sleep(LOOK_SECONDS)
    raise SystemExit(f"{SINK} does not listen at {address}")


def run(*commands: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run the commands side by side in ``folder``. Ends this program, with what it said, when one of them fails."""
    began, said = time.perf_counter(), folder / "said.txt"
    with said.open("wb") as target:
        options = {"cwd": folder, "stdout": target, "stderr": target, "env": environment}
        waiting = {process.pid: process for process in [subprocess.Popen(command, **options) for command in commands]}  # type: ignore[call-overload]
        processor, memory = 0.0, 0.0
        while waiting:
            memory = max([memory, *map(_most_memory, waiting)])
            for pid in list(waiting):
                ended, status, usage = os.wait4(pid, os.WNOHANG)
                if not ended:
                    continue
                waiting.pop(pid).returncode = os.waitstatus_to_exitcode(status)
                processor += usage.ru_utime + usage.ru_stime
                if status:
                    raise SystemExit(f"{commands} failed:\n{said.read_text()}")
            time.sleep(LOOK_SECONDS)
    return Cost(time.perf_counter() - began, processor, memory)


def _most_memory(pid: int) -> float:
    """In MB. ``ru_maxrss`` would begin with what this program holds."""
    with suppress(OSError):
        if found := re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()):
            return int(found[1]) / 1024
    return 0.0
