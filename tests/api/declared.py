"""What the OpenAPI document says of answers, held against each answer that the tests of the API get."""

import re
from functools import reduce

from tests.api.route_table import DOCUMENT

CARRIERS = {
    "cache-control",
    "content-length",
    "content-security-policy",
    "content-type",
    "x-accel-buffering",
    "x-content-type-options",
}
"""Headers that say how an answer is carried, kept and shown: described nowhere."""
OPERATIONS = [
    (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in sorted(methods.items())
]


def resolved(part):
    """What a reference leads to, else the part itself."""
    while "$ref" in part:
        part = reduce(lambda found, step: found[step], part["$ref"].removeprefix("#/").split("/"), DOCUMENT)
    return part


def described(method, path):
    """The operation that answers this; None where the document tells of none. Fixed paths go before patterns."""
    found = [(pattern, operation) for verb, pattern, operation in OPERATIONS if verb == method]
    fitting = [(len(pattern.pattern), operation) for pattern, operation in found if pattern.fullmatch(path)]
    return max(fitting, key=lambda each: each[0])[1] if fitting else None


def faults(method, path, status, headers, problem):
    """What the document does not say of such an answer; ``problem`` is the type of the one it is, if it is one."""
    operation = described(method, path)
    if operation is None:
        return []
    response = operation["responses"].get(str(status))
    if response is None:
        return [f"status {status}"]
    told = resolved(response)
    named = {name.lower(): resolved(header) for name, header in told.get("headers", {}).items()}
    return [
        *(f"header {name}" for name in headers if name.lower() not in {*named, *CARRIERS}),
        *(f"no header {name}" for name, header in named.items() if header.get("required") and name not in headers),
        *([f"problem {problem}"] if problem and f"({problem})" not in told["description"] else []),
    ]


def check(response):
    """Hold an answer of the test client against the document."""
    content, request = response.read(), response.request
    is_problem = content and response.headers.get("content-type") == "application/problem+json"
    problem = response.json()["type"] if is_problem else None
    found = faults(request.method, request.url.path, response.status_code, response.headers, problem)
    assert found == [], f"{request.method} {request.url.path} answered with what the OpenAPI document does not declare"
