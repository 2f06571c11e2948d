"""A story's stage over HTTP: the decided process's words sent as requests, photos uploaded, timers rung by the test."""

from datetime import timedelta

from domain.action import action_name
from domain.refund.commands import SubmitRequest
from tests.api.asking import CASES, id_of, names, uploaded
from tests.domain.refund.model_words import PEOPLES, REASONS, WORDS, as_the_model_tells, command_for
from tests.domain.refund.walks import mask, tells
from tests.service import png
from tests.trade import BUYER, MARKETPLACE, SELLER, SUPPORT, line_for, request

MINUTE = timedelta(minutes=1)
PHOTOS = ("photos", "evidence", "evidence_considered")
ACTIONS = {word: action_name(WORDS[word][1]) for word in PEOPLES if WORDS[word][1] is not SubmitRequest}
"""The action behind each word of a person's."""


class OverHttp:
    """A case that takes the model's words through HTTP."""

    def __init__(self, api, reason, route):
        self.api = api
        line = line_for(REASONS[reason])
        assert api(MARKETPLACE).put(f"/v1/orders/{line.line_id}", line.model_dump(mode="json")).status_code == 201
        if route == "support":
            api(SUPPORT).post(f"/v1/buyers/{BUYER.id}/put-under-review", {"ground": "many refunds"})
        self.href = self._send(CASES, request(REASONS[reason]), BUYER).headers["location"]

    @property
    def case(self):
        return self.api.service.case(id_of(self.href))

    def told(self):
        """The case in one line of the model's words."""
        return tells(as_the_model_tells(self.case))

    def take(self, word):
        """Send the word a minute later, or let the timer ring at the deadline."""
        self.api.service.now += MINUTE
        if word == "system.timeout":
            self.api.service.now = self.case.deadline.due_at
            return self.api.timers_ring(self.href)
        command, actor = command_for(word, self.case, self.api.service.now)
        href = CASES if isinstance(command, SubmitRequest) else f"{self.href}/{action_name(type(command))}"
        return self._send(href, command, actor)

    def offered(self):
        """Every action that the case offers to one of its people, among those the model knows."""
        return {
            (actor.role, name)
            for actor in (BUYER, SELLER, SUPPORT)
            for name in names(self.api(actor).get(self.href).json())
            if name in ACTIONS.values()
        }

    def _send(self, href, command, actor):
        body = command.model_dump(mode="json", exclude_none=True)
        for field in set(PHOTOS) & set(body):
            body[field] = [uploaded(self.api, actor, png(int(photo[:5], 16))) for photo in body[field]]
        answer = self.api(actor).post(href, body)
        assert answer.status_code in {200, 201}, (command, answer.text)
        return answer


def allowed(may):
    """The actions in a recorded number of what people may do, with the role that may."""
    return {(word.split(".")[0], name) for word, name in ACTIONS.items() if may & mask([word])}
