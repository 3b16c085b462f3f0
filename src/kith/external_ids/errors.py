"""What can go wrong with the ids of other systems.

InvalidInput ── ExternalIdInvalid
"""

from kith.errors import InvalidInput


class ExternalIdInvalid(InvalidInput):
    code = "external_id_invalid"
    title = "The id cannot be used"
