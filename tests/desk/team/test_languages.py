"""A window shows in its own language what a server in another one tells."""

from collections.abc import Iterator

import pytest

from tests.desk.team.test_desks_of_a_team import Team, sandbox, team
from wxdesk import i18n
from wxdesk.core.errors import BadTemplate
from wxdesk.core.events import DecisionMade, TroubleRaised
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.setup.findings import Check
from wxdesk.core.templates import Template
from wxdesk.desk.setup import sentences
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.wording.decision import outcome_text

__all__ = ["sandbox", "team"]

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Server and desk are one process here: what is read in English was raised in Chinese."""
    i18n.use("zh_CN")
    yield
    i18n.use("en")


async def test_a_trouble_and_a_lost_token_are_told_in_the_windows_language(team: Team) -> None:
    team.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "token", errcode=40164))
    server = team.server
    server.out.client._tokens._held.clear()
    with pytest.raises(Exception, match="40164"):
        await server.out.client.check(server.ready[0])
    trouble = await team.until(TroubleRaised, lambda event: event.key == "account:shop" and bool(event.text))
    i18n.use("en")
    said = i18n.tr(trouble.text)
    assert said.startswith("The server reports: No access_token for shop: 40164 this machine's address is not in")
    [(_, token)] = team.desk.desk.health.state.tokens
    assert i18n.tr(token.error).startswith("40164 this machine's address is not in the IP list.")
    i18n.use("zh_CN")
    assert i18n.tr(token.error).startswith("40164 本机地址不在 IP 白名单里。")
    i18n.use("en")
    finding = team.server.desk.setup.state.account("shop").finding(Check.API)
    assert sentences.text(finding) == "WeChat refuses calls from 203.0.113.7: it is not on the API IP list."


async def test_why_a_rule_gave_no_answer_is_told_in_the_windows_language(team: Team) -> None:
    broken = Action(ActionKind.REPLY, text="{{ message.text | divided_by: 0 }}")
    await team.desk.desk.rules.rulebook.save(Rule("price", when=Condition(any=("price",)), then=(broken,)))
    await team.sandbox.say(LI_LEI.openid, "price")
    made = await team.until(DecisionMade)
    snapshot = await team.desk.desk.timeline.snapshot(made.conversation_id)
    assert snapshot is not None
    assert snapshot.latest is not None
    i18n.use("en")
    assert outcome_text(snapshot.latest) == (
        "“price” matched, but its reply could not be made: "
        "Template, line 1: This cannot be worked out with the values of this message."
    )


async def test_a_refusal_of_the_server_is_told_in_the_windows_language(team: Team) -> None:
    with pytest.raises(BadTemplate) as refused:
        await team.desk.desk.templates.save(Template(0, "hours", "{{ nmae }}"))
    assert "没有变量「nmae」" in i18n.explain(refused.value)
    i18n.use("en")
    assert i18n.explain(refused.value) == "Template, line 1: There is no variable “nmae”."
