"""The pages that problem types lead to: what each means, and what to do about it (RFC 9457 §3.1.1)."""

from __future__ import annotations

import json
from html import escape

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from api.answering.problem_catalogue import CATALOGUE
from api.answering.problem_kind import Kind
from domain.refusals import Unknown

router = APIRouter(include_in_schema=False)
BY_SLUG = {kind.slug: kind for kind in CATALOGUE}
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<h1>{title}</h1>
{body}
</html>
"""


@router.get("/problems")
async def index() -> HTMLResponse:
    items = "\n".join(f'<li>{kind.status:d} <a href="{kind.type}">{escape(kind.title)}</a>' for kind in CATALOGUE)
    return HTMLResponse(PAGE.format(title="Problems", body=f"<ul>\n{items}\n</ul>"))


@router.get("/problems/{slug}")
async def page(slug: str) -> HTMLResponse:
    kind = BY_SLUG.get(slug)
    if kind is None:
        raise Unknown("unknown_problem", "there is no problem of this name")
    return HTMLResponse(PAGE.format(title=escape(kind.title), body=_body(kind)))


def _body(kind: Kind) -> str:
    return "\n".join(
        (
            f"<p>Status {kind.status:d} {escape(kind.status.phrase)}, type <code>{kind.type}</code>.</p>",
            f"<p>{_prose(kind.meaning)}</p>",
            f"<h2>What to do</h2>\n<p>{_prose(kind.remedy)}</p>",
            f"<h2>For example</h2>\n<pre>{escape(json.dumps(kind.example, indent=2))}</pre>",
        )
    )


def _prose(text: str) -> str:
    """Text in which backticks mark code."""
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
