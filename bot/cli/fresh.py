"""Says what a fresh machine is missing before anything is installed; runs on any Python 3 without dependencies."""

import sys

WANTED = (3, 11)


def problems():
    """What is missing, one sentence each, with what to do."""
    found = []
    if sys.version_info < WANTED:
        running = ".".join(map(str, sys.version_info[:3]))
        found.append(
            "Python 3.11 or newer is needed, this is %s. Install it, then: make run PYTHON=python3.12" % running
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        found.append("Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv")
    return found


if __name__ == "__main__":
    told = problems()
    for line in told:
        sys.stderr.write(line + "\n")
    sys.exit(1 if told else 0)
