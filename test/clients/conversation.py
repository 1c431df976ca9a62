"""What an owner's backend says to the service, with a client that is generated from openapi.yaml and nothing else.

Its environment names the service; sys.path holds the package `qingniao_client`.
"""

import datetime
import importlib
import os
import pkgutil

import qingniao_client
from qingniao_client import AuthenticatedClient, Client
from qingniao_client.api.campaigns import create_campaign
from qingniao_client.api.grants import list_grants, report_grants
from qingniao_client.api.messages import create_message, create_messages, get_message
from qingniao_client.api.sessions import open_session
from qingniao_client.api.templates import check_data
from qingniao_client.models import (
    AcceptedEntry,
    AddedRecipients,
    BatchEntry,
    Campaign,
    CountedRecipients,
    DataCheck,
    GrantReport,
    GrantReportResults,
    InvalidData,
    Login,
    Message,
    MessageBatch,
    MessageStatus,
    NamedRecipients,
    NewCampaign,
    NewMessage,
    Problem,
    ProblemCode,
    Recipient,
    RecipientVariables,
    RefusedEntry,
    Session,
    TemplateData,
    WrappedText,
)

TEMPLATE_ID = os.environ["TEMPLATE_ID"]
TEXTS = {"thing1": "青鸟保温杯", "amount2": "￥399.00", "amount3": "￥599.00", "thing4": "库存有限"}


def data(**texts: str | WrappedText) -> TemplateData:
    made = TemplateData()
    made.additional_properties = {**TEXTS, **texts}
    return made


for module in pkgutil.walk_packages(qingniao_client.__path__, "qingniao_client."):
    importlib.import_module(module.name)

anyone = Client(base_url=os.environ["API_URL"])
operator = AuthenticatedClient(base_url=os.environ["API_URL"], token=os.environ["API_KEY"])

session = open_session.sync(client=anyone, body=Login(code=os.environ["LOGIN_CODE"]))
assert isinstance(session, Session), session
user = AuthenticatedClient(base_url=os.environ["API_URL"], token=session.token)

for tap in range(3):
    results = GrantReportResults.from_dict({TEMPLATE_ID: "accept"})
    report = report_grants.sync(client=user, body=GrantReport(request_id=f"python-{tap}", results=results))
    assert not isinstance(report, Problem) and report is not None, report
assert report.grants[0].available == 3, report

sent = create_message.sync(
    client=operator,
    body=NewMessage(to=session.openid, template_id=TEMPLATE_ID, data=data()),
    idempotency_key="python-1",
)
assert isinstance(sent, Message), sent
booked = create_message.sync(
    client=operator,
    body=NewMessage(
        to=session.openid,
        template_id=TEMPLATE_ID,
        data=data(thing1=WrappedText(value=TEXTS["thing1"])),
        send_at=datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1),
    ),
)
assert isinstance(booked, Message) and booked.status == MessageStatus.SCHEDULED, booked

entries = [BatchEntry(to=session.openid, template_id=TEMPLATE_ID, data=data(thing1=text)) for text in "一二"]
batch = create_messages.sync(client=operator, body=MessageBatch(messages=entries))
assert batch is not None and not isinstance(batch, Problem), batch
assert sorted(type(item).__name__ for item in batch.items) == ["AcceptedEntry", "RefusedEntry"], batch
for item in batch.items:
    assert isinstance(item, AcceptedEntry) or item.problem.code == ProblemCode.NO_GRANT, item

read = get_message.sync(sent.id, client=operator)
assert isinstance(read, Message) and read.id == sent.id, read

refused = create_message.sync(
    client=operator, body=NewMessage(to=session.openid, template_id=TEMPLATE_ID, data=data(thing1="三"))
)
assert isinstance(refused, Problem) and refused.status == 409, refused
assert refused.code == ProblemCode.NO_GRANT and refused.remedy.zh != "", refused

short = TemplateData.from_dict({"thing1": "青鸟保温杯"})
checked = check_data.sync(TEMPLATE_ID, client=operator, body=DataCheck(data=short))
assert isinstance(checked, InvalidData) and checked.problems[0].path == "data.amount2", checked

variables = RecipientVariables.from_dict({"goods": "青鸟保温杯"})
campaign = create_campaign.sync(
    client=operator,
    body=NewCampaign(
        name="Python",
        template_id=TEMPLATE_ID,
        data=data(thing1="{{goods}}"),
        audience=NamedRecipients(
            type_="recipients", recipients=[Recipient(openid=session.openid, variables=variables)]
        ),
    ),
)
assert isinstance(campaign, Campaign) and isinstance(campaign.audience, CountedRecipients), campaign
assert campaign.audience.count == 1, campaign

# The generator leaves CSV to the client underneath.
upload = operator.get_httpx_client().post(
    f"/v1/campaigns/{campaign.id}/recipients",
    content="openid,goods\noDemo_xiaohong,青鸟保温杯\n".encode(),
    headers={"content-type": "text/csv"},
)
assert upload.status_code == 201 and AddedRecipients.from_dict(upload.json()).count == 2, upload.text

listed = list_grants.sync(client=operator, openid=session.openid)
assert listed is not None and not isinstance(listed, Problem), listed
assert listed.items[0].template_id == TEMPLATE_ID, listed
assert any(isinstance(item, RefusedEntry) for item in batch.items)
print("said")
