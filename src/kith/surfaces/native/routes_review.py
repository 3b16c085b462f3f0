"""The endpoints of the native surface: the review queue."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from kith.accounts.principal import Scope
from kith.people.reviewing.answers import answer
from kith.people.reviewing.questions import MAX_QUESTIONS, read_question, read_queue
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_decisions
from kith.surfaces.native import mapping_review as mapping
from kith.surfaces.native import wire_review as wire
from kith.surfaces.native.routes_people import MISSING, TAKEN, people_of
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import Kith, Who, Writing

_QuestionId = Annotated[str, Path(max_length=500)]
_Skipped = Annotated[
    list[Annotated[str, Query(max_length=500)]] | None,
    Query(max_length=200, description="Questions that are left for later."),
]

router = APIRouter(tags=["review"], responses={403: {"model": ProblemOut}})


@router.get("/review", dependencies=[needs(Scope.READ)], summary="Questions that wait for an answer")
async def show_review(
    kith: Kith, who: Who, limit: Annotated[int, Query(ge=1, le=MAX_QUESTIONS)] = 10, skip: _Skipped = None
) -> wire.ReviewOut:
    """Is this the same person? Those that settle most faces first."""
    recognition = await kith.recognition() if kith.is_engine_open else None
    async with kith.db.read() as session:
        found = await read_queue(
            recognition, session, who, limit, frozenset(skip or ()), min_similarity=kith.thresholds.suggest
        )
    return mapping.review(found)


@router.post(
    "/review/{question_id}/answer", dependencies=[needs(Scope.MANAGE)], summary="Answer a question",
    responses={404: MISSING, 409: TAKEN},
)  # fmt: skip
async def answer_question(
    question_id: _QuestionId, body: wire.AnswerIn, kith: Kith, session: Writing, who: Who
) -> wire.AnsweredOut:
    """One decision, taken back by one undo. What is skipped is asked again, unless `skip` names it."""
    asked = read_question(question_id)
    if body.same == "skip":
        return wire.AnsweredOut(decision=None)
    decision = await answer(people_of(kith, session, who), asked, same=body.same)
    return wire.AnsweredOut(decision=mapping_decisions.decision(decision, asked.person_id))
