"""Looks for what the project needs of the machine, and installs it where it may.

Run by the Makefile with the system's own Python, before there is a virtual environment: standard
library only, and no syntax that an old Python would stumble over before it can say it is too old.
"""

import importlib.util
import os
import shutil
import subprocess
import sys

# Each with a program or file that is there when it is installed.
PACKAGES = {
    "chromium": "chromium",
    "postfix": "/usr/sbin/smtp-sink",
    "spamassassin": "spamassassin",
    # The faces in which the reference pictures of mails are set, and their Arabic.
    "fonts-liberation": "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "fonts-dejavu-core": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
}
TESTS = {
    "chromium": "browser",
    "postfix": "postfix",
    "spamassassin": "spamassassin",
    "fonts-liberation": "pictures",
    "fonts-dejavu-core": "pictures",
}


def main() -> int:
    """Check for what is named on the command line: ``venv`` or ``test``."""
    return {"venv": check_python, "test": prepare_tests}[sys.argv[1]]()


def check_python() -> int:
    """Python must be new enough and able to make virtual environments."""
    if sys.version_info < (3, 11):
        print("digest needs Python 3.11 or newer; name one: make PYTHON=python3.12 …", file=sys.stderr)
        return 1
    if importlib.util.find_spec("ensurepip") is None and not install(["python3-venv"]):
        print("this Python cannot make virtual environments: apt-get install python3-venv", file=sys.stderr)
        return 1
    return 0


def prepare_tests() -> int:
    """Install the Debian packages that tests use; say which tests skip without them."""
    missing = [package for package, place in PACKAGES.items() if not (shutil.which(place) or os.path.exists(place))]
    if missing and not install(missing):
        for package in missing:
            print("tests marked '%s' will be skipped; to run them: apt-get install %s" % (TESTS[package], package))
    return 0


def install(packages: "list[str]") -> bool:
    """Install Debian packages when we are root on a Debian; True when it worked."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    print("installing " + ", ".join(packages) + " …", flush=True)
    steps = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages])
    return all(subprocess.run(step, env=environment, stdout=subprocess.DEVNULL).returncode == 0 for step in steps)


if __name__ == "__main__":
    sys.exit(main())
