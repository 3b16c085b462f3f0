"""`python -m tools.lints [FILE…]`: check the whole tree, or some files of it."""

import sys
from pathlib import Path

from tools.lints.tree import check, sources

if __name__ == "__main__":
    violations = check(sources(Path(), [Path(name) for name in sys.argv[1:]]))
    for violation in violations:
        print(violation)
    sys.exit(bool(violations))
