"""What commands that run for long have in common: they end politely, and tell what they do."""

import asyncio
import logging
import signal


def stop_on_signal() -> asyncio.Event:
    """An event that the first Ctrl-C or SIGTERM sets: what is on its way is finished, the rest stays queued."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop


def speak_up() -> None:
    """A daemon tells what it does, unless it was asked to be quiet or told to tell more."""
    logger = logging.getLogger("digest")
    if logger.level == logging.WARNING:
        logger.setLevel(logging.INFO)
