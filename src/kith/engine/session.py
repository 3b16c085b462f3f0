"""ONNX Runtime sessions: one per network, shared by all threads."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from kith.engine.errors import EngineNotReady


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """`threads` 0 lets ONNX Runtime use every core; `providers` are tried in order."""

    threads: int = 0
    providers: tuple[str, ...] = ("CPUExecutionProvider",)


class Session(Protocol):
    """A loaded network: named arrays in, arrays out."""

    def run(
        self, outputs: list[str] | None, feeds: dict[str, NDArray[np.generic]]
    ) -> list[NDArray[np.float32]]: ...


def open_session(model: Path | bytes, options: SessionOptions) -> Session:
    """Load a network from a file or from its bytes; raises EngineNotReady if it cannot be."""
    settings = ort.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.log_severity_level = 3
    # Idle workers of one session would otherwise spin and take the cores from the next network.
    settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
    missing = set(options.providers) - set(ort.get_available_providers())
    if missing:
        raise EngineNotReady(f"ONNX Runtime has no {', '.join(sorted(missing))} here")
    source = model if isinstance(model, bytes) else str(model)
    try:
        session = ort.InferenceSession(source, settings, providers=list(options.providers))
    except Exception as error:  # onnxruntime raises a dozen unrelated classes of its own
        raise EngineNotReady(f"a network could not be loaded: {error}") from error
    return cast("Session", session)
