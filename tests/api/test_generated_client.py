"""The client that a generator makes of the OpenAPI document goes through a whole case against a running server."""

import sys
from contextlib import ExitStack
from importlib import import_module
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType

from domain.actors import Actor, Role
from tests.api.conftest import token
from tests.api.listening import serving
from tests.api.route_table import DOCUMENT
from tests.projections.views import Views
from tests.service import BUYER, MARKETPLACE, SELLER, order_line, png

DOCS = Path(__file__).parents[2] / "docs" / "api"
PACKAGE = "direct_service_client"
AUDITOR = Actor(role=Role.AUDITOR, id="auditor")


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """Where the package was made, and what the generator had to say of the document."""
    folder = tmp_path_factory.mktemp("generated")
    config = Config.from_sources(
        ConfigFile.load_from_path(DOCS / "python-client.yaml"),
        MetaType.NONE,
        document_source=DOCS / "openapi.json",
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder / PACKAGE,
    )
    said = generate(config=config)
    sys.path.insert(0, str(folder))
    yield folder / PACKAGE, said
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_the_generator_has_nothing_to_complain_of_and_leaves_nothing_out(generated):
    package, said = generated
    assert [f"{error.header} {error.detail}" for error in said] == []
    made = {path.stem for path in package.glob("api/*/*.py")} - {"__init__"}
    assert made == {
        operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()
    }


class Party:
    """One party's generated client: its operations by name, each answering with the status and what was parsed."""

    def __init__(self, package, client):
        self._client = client
        self._modules = {
            path.stem: f"{PACKAGE}.api.{path.parent.name}.{path.stem}" for path in package.glob("api/*/*.py")
        }

    def __getattr__(self, operation):
        def ask(*names, **values):
            answer = import_module(self._modules[operation]).sync_detailed(*names, client=self._client, **values)
            return answer.status_code, answer.parsed

        return ask

    def post(self, operation, *names, **values):
        return getattr(self, operation)(*names, idempotency_key=str(uuid4()), **values)


@pytest.fixture
def parties(generated, api, streams):
    """Clients of a server on a real socket."""
    package, _ = generated
    client = import_module(f"{PACKAGE}.client").AuthenticatedClient
    with serving(api.client.app, streams) as address, ExitStack() as open_clients:

        def party(actor):
            made = client(base_url=address, token=token(actor), raise_on_unexpected_status=True)
            return Party(package, open_clients.enter_context(made))

        yield party


@pytest.fixture
def models(generated):
    return import_module(f"{PACKAGE}.models")


def test_a_case_from_the_photo_to_the_statement(api, engine, parties, models):
    buyer, seller = parties(BUYER), parties(SELLER)
    facts = models.OrderLineFacts.from_dict(order_line().model_dump(mode="json"))
    status, reported = parties(MARKETPLACE).report_order_line("o-1-1", body=facts)
    assert (status, reported.recorded) == (201, "new")

    photo = import_module(f"{PACKAGE}.types").File(payload=BytesIO(png()))
    status, uploaded = buyer.post("upload_evidence", body=photo)
    assert (status, uploaded.media_type) == (201, "image/png")
    wanted = models.SubmitRequest(
        line_id="o-1-1", reason=models.Reason.WRONG_ITEM, description="It is red.", photos=[uploaded.evidence_id]
    )
    status, case = buyer.post("submit_request", body=wanted)
    assert (status, case.status, case.deadline.kind) == (201, "awaiting_seller", "seller_answer")

    Views(engine).catch_up()
    status, hub = seller.list_hub_orders(filter_=models.Quick.REFUND, min_position=case.position)
    assert (status, [line.case.id for line in hub.items]) == (200, [case.id])
    status, seen = seller.get_refund_case(case.id)
    assert "approve-without-return" in [action.name for action in seen.available_actions]
    assert seller.get_evidence(uploaded.evidence_id, case=case.id)[1].payload.read() == png()

    status, foreseen = seller.post("refund_case_approve_without_return", case.id, preview=True)
    assert (status, foreseen.status, foreseen.position) == (200, "refund_pending", None)
    status, approved = seller.post("refund_case_approve_without_return", case.id, if_match='"1"')
    assert (status, approved.status, approved.amounts.refund_due.minor) == (200, "refund_pending", 4590)

    Views(engine).catch_up()
    status, statement = seller.get_statement("s-1", currency="EUR", min_position=approved.position)
    assert (status, [line.amount.minor for line in statement.items]) == (200, [-4590])

    status, problem = seller.post("refund_case_approve_without_return", case.id)
    assert isinstance(problem, models.ProblemDetails)
    assert (status, problem.type_, problem.status) == (409, "/problems/not-allowed-now", 409)
    status, problem = buyer.get_statement("s-1", currency="EUR")
    assert (status, problem.type_) == (403, "/problems/not-your-move")

    status, exported = parties(AUDITOR).export_refund_case(case.id)
    assert status == 200
    assert exported.count(b"\n") > 3
