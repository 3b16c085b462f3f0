"""What can go wrong with people.

NotFound ── PersonNotFound, DecisionNotFound
InvalidInput ── NameInvalid, MergeInvalid, SplitInvalid, NoFaces
Conflict ── NothingToUndo, NobodySuggested, PersonMerged, NameAmbiguous
"""

from kith.errors import Conflict, InvalidInput, NotFound


class PersonNotFound(NotFound):
    code = "person_not_found"
    title = "There is no such person"


class DecisionNotFound(NotFound):
    code = "decision_not_found"
    title = "There is no such decision"


class NameInvalid(InvalidInput):
    code = "name_invalid"
    title = "The name cannot be used"


class MergeInvalid(InvalidInput):
    code = "merge_invalid"
    title = "These persons cannot be merged"


class SplitInvalid(InvalidInput):
    code = "split_invalid"
    title = "The person cannot be split like that"


class NoFaces(InvalidInput):
    code = "faces_missing"
    title = "At least one face is needed"


class NothingToUndo(Conflict):
    code = "nothing_to_undo"
    title = "There is nothing to undo"


class NobodySuggested(Conflict):
    code = "nobody_suggested"
    title = "The face has no person that could be confirmed or rejected"


class PersonMerged(Conflict):
    """`person_id` of the answer is who they are now, `merged_person_id` who was asked for."""

    code = "person_merged"
    title = "The person was merged into another"


class NameAmbiguous(Conflict):
    """`person_ids` of the answer are those who have it."""

    code = "name_ambiguous"
    title = "Several persons have this name"
