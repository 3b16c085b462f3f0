"""The command line: `kith COMMAND`."""

import signal
import sys
from collections.abc import Sequence

from kith.cli.app import build

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers its exit code (docs/cli.md)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        build(words)(args=words, prog_name="kith")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:  # before the command has begun, while its modules are loaded
        return 128 + signal.SIGINT
    return 0
