"""Who holds a lease: a process, named so that another one on the same host can tell whether it still lives."""

import os
import socket
from pathlib import Path

ENDED = "ZXx"  # states of a process that has ended, though its parent has not taken notice yet


def this_process() -> str:
    """The name of this process: host, process id, and the kernel's time of its start."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started('self')}"


def is_gone(holder: str) -> bool:
    """True when the holder was a process of this host and certainly lives no more.

    A process id is used again after a while; the time of the start is what tells the two apart. What stands behind
    a slash is the process's own affair.
    """
    parts = _parts(holder)
    if len(parts) != 3 or not is_here(holder) or not Path("/proc/self/stat").exists():
        return False
    return _started(parts[1]) != parts[2]


def is_here(holder: str) -> bool:
    """True when the holder is, or was, a process of this host."""
    return _parts(holder)[0] == socket.gethostname()


def _parts(holder: str) -> list[str]:
    return holder.partition("/")[0].rsplit(":", 2)


def _started(pid: str) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    # proc(5): the second field is the command in parentheses, and may itself hold spaces and parentheses.
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in ENDED else fields[19]
