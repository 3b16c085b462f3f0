"""`kith worker` and `kith serve`: processes that stay until a signal ends them, and then end well."""

import json
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.cli.library import faces, twin_of
from tests.support.commands import kith, start_kith

pytestmark = pytest.mark.models


def wait_until_idle(data: Path) -> None:
    while kith("status", "--json", "--data", data).json["queue"] != {
        "queued": {},
        "running": {},
        "failed": {},
    }:
        time.sleep(0.1)


def end(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send a signal; what was said on stderr. It must end with 0."""
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    assert "Traceback" not in stderr
    return stderr


@pytest.mark.slow
class TestWorker:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_works_until_stopped(self, library: Path, number: signal.Signals) -> None:
        before = [face["face_id"] for face in faces(library)]
        ids = [str(face_id) for face_id in before]
        kith("faces", "assign", *ids[:1], "--new", "Somebody", "--data", library)
        kith("packs", "install", twin_of(library), "--data", library)
        assert kith("packs", "use", "twin", "--later", "--data", library).code == 0
        process = start_kith("worker", "--data", library)
        wait_until_idle(library)
        assert "worker.started" in end(process, number)
        assert [face["face_id"] for face in faces(library)] == before

    def test_without_its_pack_ends_at_once_and_leaves_the_queue(self, library: Path) -> None:
        kith("packs", "install", twin_of(library), "--data", library)
        kith("packs", "use", "twin", "--later", "--data", library)
        (library / "packs" / "twin" / "mobilefacenet.onnx").write_bytes(b"")
        ran = kith("worker", "--data", library)
        assert ran.code == 1
        assert "error [pack_digest_mismatch]" in ran.stderr
        queue = kith("status", "--json", "--data", library).json["queue"]
        assert queue == {"queued": {"analyse": 18}, "running": {}, "failed": {}}


class TestServe:
    def test_says_where_and_answers_there(self, library: Path) -> None:
        process = start_kith("serve", "--port", "0", "--json", "--data", library)
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        with urllib.request.urlopen(f"{url}/health", timeout=30) as answer:
            assert answer.status == 200
        end(process, signal.SIGTERM)

    def test_refuses_to_listen_for_everybody_without_a_key(self, library: Path) -> None:
        ran = kith("serve", "--host", "0.0.0.0", "--data", library)
        assert ran.code == 1
        assert ran.stderr.startswith("error [address_needs_key] ")
