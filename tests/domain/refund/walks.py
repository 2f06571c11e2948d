"""Walks through the process, drawn with the decided model and recorded, so that they can be replayed without it.

``python -m tests.domain.refund.walks`` draws and records them anew. Each line of the recording is one walk: its words,
what the model tells after each of them, and what each person may do there.
"""

import json
import random
from collections import Counter
from pathlib import Path

from tests.domain.refund.explore import OPENINGS, steps
from tests.domain.refund.lockstep import Model, Ours, deviations, load_model
from tests.domain.refund.model_words import PEOPLES

RECORDING = Path(__file__).parents[2] / "golden" / "process_walks.jsonl"
LONGEST = 18


def recording():
    """The recorded walks."""
    return [json.loads(line) for line in RECORDING.read_text(encoding="utf-8").splitlines()]


def random_walk(module, dice, used):
    """One walk in lockstep, rows taken less often preferred; yields both sides after the opening and each step."""
    opening = dice.choice(OPENINGS)
    model, ours = Model.opened(module, *opening), Ours(*opening)
    yield model, ours
    for _ in range(LONGEST):
        live, not_here = model.live(), deviations(model.told())[0]
        words = [word for word in live if not ours.is_unanswerable(word) and word not in not_here]
        if not words:
            return
        word = min(words, key=lambda word: (used[live[word]] + 1) * dice.random())
        used[live[word]] += 1
        ours.take(word)
        model = model.after(live[word])
        yield model, ours


def random_walks(module, seed, number):
    """So many walks, the same for the same seed."""
    dice, used = random.Random(seed), Counter()  # noqa: S311 -- walks, not secrets
    for _ in range(number):
        yield random_walk(module, dice, used)


PROPOSAL = (("R", "seller"), "seller.propose_replacement_item", "buyer.answer_replacement_item")
"""The model does not remember that an item was proposed, so no state of it leads to the answer."""


def covering_paths(module):
    """Shortest paths that together take every row of the model but the answer to a proposal."""
    missing, rows_of = {row for row in module.ROWS if row[1] != "new" and row[3] not in PROPOSAL[2]}, {}
    for path, word, row, _, _ in steps(module):
        rows_of[*path, word] = rows_of.get(path, frozenset()) | {row}
        if row in missing:
            missing.remove(row)
            yield (*path, word), rows_of[*path, word]
        if not missing:
            return


def needed(paths):
    """Of the paths, longest first, those that take a row no longer one has taken."""
    taken = set()
    for path, rows in sorted(paths, key=lambda each: -len(each[0])):
        if rows - taken:
            taken |= rows
            yield path


def tells(told):
    """What a case is, in one line: every field that is not at its beginning."""
    return " ".join(f"{name}={value}" for name, value in sorted(told.items()) if value not in {"", "none", 0})


def mask(words):
    """A set of people's words as one number."""
    return sum(1 << PEOPLES.index(word) for word in words)


def recorded(path):
    """One walk with what it leads to: each word, what the case is then, and what people may do."""
    opening, *words = path
    ours = Ours(*opening)
    lines = [["opened", tells(ours.told()), mask(ours.allowed())]]
    for word in words:
        ours.take(word)
        lines.append([word, tells(ours.told()), mask(ours.allowed())])
    return {"opening": list(opening), "walk": lines}


def main():
    paths = [PROPOSAL, *needed(covering_paths(load_model()))]
    RECORDING.parent.mkdir(exist_ok=True)
    RECORDING.write_text("".join(json.dumps(recorded(path)) + "\n" for path in paths), encoding="utf-8")


if __name__ == "__main__":
    main()
