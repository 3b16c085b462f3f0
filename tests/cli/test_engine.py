"""`kith engine`, `kith doctor` and `kith import` over networks elsewhere."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.commands import kith, run_kith, start_kith
from tests.support.tiny_library import picture, tiny_settings


@contextmanager
def engine(data: Path) -> Iterator[dict[str, str]]:
    """`kith engine serve` over these packs; what makes others use it. It must end well."""
    process = start_kith(
        "engine", "serve", "--port", "0", "--json", "--data", data, env={"KITH_ENGINE__PACK": "tiny"}
    )
    try:
        assert process.stdout is not None
        yield {"KITH_ENGINE__URL": json.loads(process.stdout.readline())["url"]}
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.slow
def test_networks_elsewhere_do_the_work(tmp_path: Path) -> None:
    tiny_settings(tmp_path / "networks", "tiny")
    (tmp_path / "a.png").write_bytes(picture((1, 1), (9, 9)))
    library = tmp_path / "library"
    with engine(tmp_path / "networks") as there:
        shown = run_kith("engine", "--json", env=there).json
        assert shown == {"url": there["KITH_ENGINE__URL"], "pack": "tiny", "version": "1"}
        assert run_kith("import", tmp_path / "a.png", "--data", library, env=there).code == 0
        assert run_kith("status", "--json", "--data", library, env=there).json["faces"]["unknown"] == 2
        assert "has tiny" in run_kith("doctor", "--data", library, env=there).stdout
    away = run_kith("doctor", "--data", library, env=there)
    assert (away.code, "cannot be reached" in away.stdout) == (1, True)
    shown = run_kith("engine", "show", env=there)
    assert (shown.code, "error [engine_away]" in shown.stderr) == (5, True)


def test_without_an_address_faces_are_found_here() -> None:
    assert kith("engine", "--json").json == {"url": None}
