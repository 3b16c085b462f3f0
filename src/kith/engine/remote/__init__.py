"""An engine on another machine: a client that answers like one here, and what both ends say."""

from kith.engine.remote.client import RemoteEngine
from kith.engine.remote.errors import EngineAway, EngineBusy, EngineRefused

__all__ = ["EngineAway", "EngineBusy", "EngineRefused", "RemoteEngine"]
