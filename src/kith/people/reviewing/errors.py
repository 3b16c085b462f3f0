"""What can go wrong with questions.

NotFound ── QuestionNotFound
Conflict ── QuestionSettled
"""

from kith.errors import Conflict, NotFound


class QuestionNotFound(NotFound):
    code = "question_not_found"
    title = "There is no such question"


class QuestionSettled(Conflict):
    code = "question_settled"
    title = "The question has been settled meanwhile"
