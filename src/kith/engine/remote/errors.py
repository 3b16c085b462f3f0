"""What can go wrong on the way to an engine on another machine. Trying again later may help with each.

Unavailable ── EngineAway, EngineRefused
Busy ── EngineBusy
InvalidInput ── EngineMessageInvalid
"""

from kith.errors import Busy, InvalidInput, Unavailable


class EngineAway(Unavailable):
    code = "engine_away"
    title = "The remote engine does not answer"


class EngineRefused(Unavailable):
    code = "engine_refused"
    title = "The remote engine does not do what is asked of it"


class EngineBusy(Busy):
    code = "engine_busy"
    title = "The remote engine has too much to do"


class EngineMessageInvalid(InvalidInput):
    code = "engine_message_invalid"
    title = "This is no message between Kith and a remote engine"
