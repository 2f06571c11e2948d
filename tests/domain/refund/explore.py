"""Every state of the decided model in lockstep with our table: ``python -m tests.domain.refund.explore``.

Some 70,000 states and 208,000 steps, ten minutes; the test suite walks through a part of it each time.
"""

import sys
from collections import deque

from tests.domain.refund.lockstep import Model, Ours, deviations, difference, disagreement, load_model

OPENINGS = [(reason, route) for reason in "RMLG" for route in ("seller", "support")]


def steps(module):
    """Breadth first, each step once: (words before it, its word, its row, both before it, both after it)."""
    pairs = [(Model.opened(module, *opening), Ours(*opening)) for opening in OPENINGS]
    seen = {model.state for model, _ in pairs}
    waiting = deque((model, ours, (opening,)) for (model, ours), opening in zip(pairs, OPENINGS, strict=True))
    while waiting:
        model, ours, path = waiting.popleft()
        for word, row in model.live().items():
            if ours.is_unanswerable(word) or word in deviations(model.told())[0]:
                continue
            after = model.after(row), ours.branch()
            after[1].take(word)
            yield path, word, row, (model, ours), after
            if after[0].state not in seen:
                seen.add(after[0].state)
                waiting.append((*after, (*path, word)))


def main():
    checked, taken = set(), 0
    for path, word, _, before, after in steps(load_model()):
        taken += 1
        if difference(*after):
            tell(*path, word, difference(*after))
        for model, ours in (before, after):
            if model.state in checked:
                continue
            checked.add(model.state)
            if words := disagreement(model, ours, model.live()):
                tell(*path, word, "allowed by one side only:", *words)
    tell(f"{len(checked)} states and {taken} steps are the same on both sides, but for what is printed above")


def tell(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")


if __name__ == "__main__":
    main()
