"""The rulebook: answers, changes, import and export, trials and starter rules."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tests.desk.rules.rules_in_memory import KeptRules
from tests.desk.settings.settings_in_memory import KeptSettings
from wxdesk.core.errors import BadRule, BadRulesFile, BadTemplate, NotFound
from wxdesk.core.events import Event, RulesChanged, TroubleRaised
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule, SessionFromTest
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.rules.exchange import RulesExchange
from wxdesk.desk.rules.rulebook import KEPT_WHOLE, Rulebook
from wxdesk.desk.rules.trial.scenario import TrialMessage
from wxdesk.desk.rules.trial.trials import RuleTrials
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.i18n import tr
from wxdesk.paths import resource

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
OPENID = "oAbCdEfGhIjKlMnOpQrStUvWxYz1"
ACCOUNT = Account("shop", "wx0123456789abcdef", "gh_0123456789ab")
CONVERSATION = Conversation(1, "shop", Contact(1, "shop", OPENID, NOW, alias="李雷"))


class Book:
    """A rulebook over kept rules, with everything it published."""

    def __init__(self, rules: Sequence[Rule] = (), at: datetime = NOW) -> None:
        settings = KeptSettings()
        self.kept = KeptRules(rules, settings)
        self.heard: list[Event] = []
        zone = ZoneInfo("Asia/Shanghai")
        calendars = Calendars(settings, zone)
        renderer = LiquidRenderer()
        self.book = Rulebook(self.kept, calendars, renderer, lambda: at, self.heard.append)
        self.exchange = RulesExchange(self.book, self.kept, lambda: at)
        self.trials = RuleTrials(self.book, renderer, {}, lambda: at)


async def loaded(*rules: Rule) -> Rulebook:
    book = Book(rules).book
    await book.load()
    return book


def reply(text: str) -> Action:
    return Action(ActionKind.REPLY, text=text)


def rule(name: str, *words: str, text: str = "好", **more: Any) -> Rule:
    return Rule(name, when=Condition(any=words), then=(reply(text),), **more)


def asked(text: str) -> RuleContext:
    return RuleContext(Message(1, 1, 1, MessageType.TEXT, NOW, NOW, text=text), CONVERSATION, ACCOUNT, NOW)


def says(book: Rulebook, text: str) -> list[str]:
    return [content.text for content in book.answer(asked(text)).contents]


async def test_nothing_is_answered_before_loading() -> None:
    book = Book([rule("a", "x")]).book
    assert len(book.ruleset) == 0
    await book.load()
    assert len(book.ruleset) == 1


async def test_an_answer_is_ready_to_be_sent() -> None:
    order = Rule(
        "物流",
        when=Condition(regex=r"(?P<no>\d{4,})"),
        then=(
            reply("{{ contact.alias }}，订单 {{ m.no }}，{{ time }}"),
            Action(ActionKind.IMAGE, content=Content(ReplyKind.IMAGE, media_id="MEDIA")),
            Action(ActionKind.TAG, tags=("vip", "新")),
            Action(ActionKind.TAG, tags=("vip",)),
            Action(ActionKind.TAKE_OVER),
        ),
    )
    answer = (await loaded(order)).answer(asked("20461 ２００ ？"))
    assert answer.contents == (Content(text="李雷，订单 20461，14:05"), Content(ReplyKind.IMAGE, media_id="MEDIA"))
    assert [effect.action.tags for effect in answer.effects] == [("vip", "新"), ("vip",)]
    assert (answer.take_over, answer.silent, answer.problem) == (answer.rule, False, "")
    assert answer.rule is not None
    assert answer.rule.name == "物流"
    assert answer.matching.rules_left == 0
    assert [said.matched for said in answer.verdicts] == [True]


async def test_rules_that_continue_answer_together() -> None:
    book = await loaded(rule("a", "x", text="1", continues=True), rule("b", "x", text="2"))
    assert says(book, "x") == ["1", "2"]


@pytest.mark.parametrize(("kind", "flag"), [(ActionKind.TAKE_OVER, "take_over"), (ActionKind.SILENT, "silent")])
async def test_actions_that_send_nothing_are_flags_of_the_answer(kind: ActionKind, flag: str) -> None:
    answer = (await loaded(Rule("r", default=True, then=(Action(kind),)))).answer(asked("x"))
    assert getattr(answer, flag)
    assert answer.contents == ()


async def test_the_rule_that_hands_over_is_named_and_a_switched_off_one_counts_for_nothing() -> None:
    book = await loaded(Rule("r", default=True, then=(Action(ActionKind.TRANSFER),)))
    answer = book.answer(asked("x"))
    assert answer.transfer is not None
    assert (answer.transfer.name, answer.take_over, book.transfers) == ("r", None, True)
    book = await loaded(Rule("r", default=True, enabled=False, then=(Action(ActionKind.TRANSFER),)))
    assert not book.transfers


async def test_a_text_too_long_for_one_message_comes_in_parts() -> None:
    book = await loaded(rule("a", "x", text="退" * 700))
    assert [len(part) for part in says(book, "x")] == [682, 18]


async def test_an_answer_of_which_one_part_fails_has_no_contents() -> None:
    divided = reply("{{ message.text | divided_by: 0 }}")
    broken = Rule("r", default=True, then=(reply("好"), divided, Action(ActionKind.TAKE_OVER)))
    answer = (await loaded(broken)).answer(asked("x"))
    assert answer.contents == ()
    assert tr(answer.problem) == "Template, line 1: This cannot be worked out with the values of this message."
    assert answer.take_over


async def test_an_empty_reply_is_a_problem() -> None:
    book = await loaded(rule("a", "x", text="{% if session_from.x %}a{% endif %}\u200b"))
    assert "comes out empty" in tr(book.answer(asked("x")).problem)


async def test_a_customer_cannot_make_the_desk_send_a_link() -> None:
    book = await loaded(Rule("r", default=True, then=(reply("【{{ message.text }}】已收到"),)))
    assert says(book, '<a href="https://evil.example">x</a>') == ['【＜a href="https://evil.example">x＜/a>】已收到']


async def test_the_openid_does_not_leave() -> None:
    everything = "{{ contact.short_id }} {{ contact.alias }} {{ account }} {{ message.type }}"
    assert OPENID not in says(await loaded(rule("a", "x", text=everything)), "x")[0]


async def test_saving_judges_first_and_tells_after() -> None:
    desk = Book()
    saved = await desk.book.save(rule("a", "x"))
    assert (saved.id, saved.revision, saved.updated_at) == (1, 1, NOW)
    assert says(desk.book, "x") == ["好"]
    assert desk.heard == [RulesChanged()]


@pytest.mark.parametrize(
    ("wrong", "error", "reason"),
    [
        (Rule("a", then=(reply("x"),)), BadRule, "match every text"),
        (Rule("a", when=Condition(regex="(?=x)"), then=(reply("x"),)), BadRule, "Look-ahead"),
        (rule("a", "x", text="{{ nmae }}"), BadTemplate, "nmae"),
        (rule("a", "x", text="{{ m.no }}"), BadTemplate, "named group"),
        (rule("a", "x", enabled=False, text="{{"), BadTemplate, "never closed"),
    ],
)
async def test_a_wrong_rule_is_not_stored(wrong: Rule, error: type[Exception], reason: str) -> None:
    desk = Book([rule("kept", "x")])
    with pytest.raises(error, match=reason):
        await desk.book.save(wrong)
    assert [kept.name for kept in await desk.kept.all()] == ["kept"]
    assert desk.heard == []


async def test_every_change_takes_effect_and_is_reported() -> None:
    desk = Book([rule("a", "x", text="1"), rule("b", "x", text="2")])
    book = desk.book
    await book.load()
    assert says(book, "x") == ["1"]
    await book.reorder([2, 1])
    assert says(book, "x") == ["2"]
    await book.set_enabled(2, False)
    assert says(book, "x") == ["1"]
    await book.delete(1)
    assert says(book, "x") == []
    assert desk.heard == [RulesChanged()] * 3


async def test_a_change_that_fails_tells_nothing() -> None:
    desk = Book()
    with pytest.raises(NotFound):
        await desk.book.delete(7)
    assert desk.heard == []


@pytest.mark.expects_log("stored rule")
async def test_a_stored_rule_that_cannot_be_used_is_left_out_and_told_until_mended() -> None:
    broken = Rule("旧", when=Condition(regex="(?=x)"), then=(reply("1"),))
    desk = Book([broken, rule("b", "x", text="2")])
    await desk.book.load()
    assert says(desk.book, "x") == ["2"]
    [trouble] = desk.heard
    assert isinstance(trouble, TroubleRaised)
    assert trouble.key == "rule:1"
    assert tr(trouble.text).count("旧") == 1
    assert "Look-ahead" in tr(trouble.text)
    desk.heard.clear()
    await desk.book.delete(1)
    assert desk.heard == [TroubleRaised("rule:1", ""), RulesChanged()]


async def test_a_broken_rule_that_is_off_troubles_nobody() -> None:
    desk = Book([Rule("旧", enabled=False, when=Condition(regex="("), then=(reply("1"),))])
    await desk.book.load()
    assert desk.heard == []


async def test_import_is_all_or_nothing() -> None:
    desk = Book([rule("kept", "x")])
    good = '[[rules]]\nname = "new"\nwhen = { any = ["y"] }\nthen = [{ reply = "1" }]\n'
    with pytest.raises(BadRulesFile, match=r"shop\.toml, line 5"):
        await desk.exchange.take_in(good + "[[rules]]\n", "shop.toml")
    assert [kept.name for kept in await desk.kept.all()] == ["kept"]
    assert desk.heard == []
    assert [new.name for new in (await desk.exchange.take_in(good, "shop.toml")).left.rules] == ["new"]
    assert desk.heard == [RulesChanged()]
    assert says(desk.book, "y") == ["1"]


async def test_export_holds_everything_that_import_takes() -> None:
    starter = resource("rules", "starter.zh_CN.toml").read_text(encoding="utf-8")
    desk = Book()
    await desk.exchange.take_in(starter, "starter.toml")
    await desk.book.set_enabled(3, False)
    text = (await desk.exchange.export()).text
    other = Book()
    await other.exchange.take_in(text, "export.toml")
    assert [(one.name, one.enabled, one.then) for one in await other.book.all()] == [
        (one.name, one.enabled, one.then) for one in await desk.book.all()
    ]
    assert (await other.book.all())[2].enabled is False


async def test_a_sentence_can_be_tried() -> None:
    desk = Book([rule("a", "x", text="您好{{ contact.alias }}"), rule("b", "y")])
    await desk.book.load()
    trial = desk.trials.try_message(TrialMessage("x", alias="王芳"))
    assert [content.text for content in trial.answer.contents] == ["您好王芳"]
    assert trial.sizes == (12,)
    assert trial.answer.matching.rules_left == 1
    assert desk.trials.try_message(TrialMessage("z")).answer.rule is None


async def test_a_rule_can_be_tried_before_it_is_saved() -> None:
    desk = Book([rule("a", "x", text="1"), Rule("默认", default=True, then=(reply("0"),))])
    await desk.book.load()
    changed = rule("a", "y", text="2", id=1)
    new = rule("c", "z", text="3")

    def tried(sentence: str, instead: Rule) -> list[str]:
        return [
            content.text for content in desk.trials.try_message(TrialMessage(sentence), instead=instead).answer.contents
        ]

    assert [tried("y", changed), tried("x", changed)] == [["2"], ["0"]]
    assert [tried("z", new), tried("x", new)] == [["3"], ["1"]]
    with pytest.raises(BadRule):
        tried("x", Rule("d", when=Condition(regex="("), then=(reply("4"),)))
    assert says(desk.book, "y") == says(desk.book, "z") == ["0"]
    assert desk.heard == []


async def test_an_entry_can_be_tried() -> None:
    enter = Rule(
        "商品",
        on=frozenset({MessageType.ENTER_SESSION}),
        when=Condition(session_from=SessionFromTest(regex=r"goods/(?P<id>\d+)")),
        then=(reply("{{ m.id }} {{ session_from.value }}"),),
    )
    desk = Book([enter])
    await desk.book.load()
    trial = desk.trials.try_message(TrialMessage("", MessageType.ENTER_SESSION, "goods/1024"))
    assert [content.text for content in trial.answer.contents] == ["1024 goods/1024"]


DEMO = [
    ("请问周末几点关门", MessageType.TEXT, None, "营业时间", False),
    ("退款三天了还没到账", MessageType.TEXT, None, "退款转人工", True),
    ("昨天就问过了，我要找人工", MessageType.TEXT, None, "找人工", True),
    ("人工", MessageType.TEXT, None, "找人工", True),
    ("我要人工", MessageType.TEXT, None, "找人工", True),
    ("客服在吗", MessageType.TEXT, None, "找人工", True),
    ("客服几点上班", MessageType.TEXT, None, "营业时间", False),
    ("订单 20461 到哪了", MessageType.TEXT, None, "物流", True),
    ("我的快递到哪了", MessageType.TEXT, None, "物流缺订单号", False),
    ("谢谢", MessageType.TEXT, None, "谢谢", False),
    ("谢谢/:rose", MessageType.TEXT, None, "谢谢", False),
    ("好的，谢谢", MessageType.TEXT, None, "谢谢", False),
    ("好的谢谢", MessageType.TEXT, None, "谢谢", False),
    ("明白了", MessageType.TEXT, None, "嗯嗯", False),
    ("嗯嗯", MessageType.TEXT, None, "嗯嗯", False),
    ("能开发票吗", MessageType.TEXT, None, "发票", False),
    ("你们招人吗", MessageType.TEXT, None, "默认", True),
    ("", MessageType.IMAGE, None, "图片和卡片", True),
    ("", MessageType.CARD, None, "图片和卡片", True),
    ("", MessageType.ENTER_SESSION, "goods/1024", "商品页进入", False),
    ("", MessageType.ENTER_SESSION, "home", None, False),
]


@pytest.mark.parametrize(("text", "kind", "session_from", "name", "take_over"), DEMO)
async def test_the_starter_rules_of_a_small_shop(
    text: str, kind: MessageType, session_from: str | None, name: str | None, take_over: bool
) -> None:
    desk = Book()
    await desk.exchange.take_in(resource("rules", "starter.zh_CN.toml").read_text(encoding="utf-8"), "starter.toml")
    answer = desk.trials.try_message(TrialMessage(text, kind, session_from)).answer
    assert (answer.rule.name if answer.rule else None) == name
    assert bool(answer.take_over) is take_over
    assert answer.problem == ""
    assert bool(answer.contents) is (name not in (None, "嗯嗯"))


@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN", "明天 09:00 开门后第一时间回复您"), ("en", "when we open, tomorrow 09:00.")]
)
async def test_after_hours_the_starter_rules_say_when_somebody_is_back(language: str, said: str) -> None:
    desk = Book(at=NOW.replace(hour=13))  # 21:00 in Shanghai
    starter = resource("rules", f"starter.{language}.toml")
    await desk.exchange.take_in(starter.read_text(encoding="utf-8"), starter.name)
    answer = desk.trials.try_message(TrialMessage("你们招人吗")).answer
    assert said in answer.contents[0].text
    assert answer.take_over


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("What time are you open on Sunday?", "Opening hours"),
        ("Where is my order 20461?", "Parcels"),
        ("订单 20461 到哪了", "Parcels"),
        ("到哪了 20461234", "Parcels"),
        ("20461234 where is it", "Parcels"),
        ("I want a refund", "Refunds to a human"),
        ("Can I talk to a human?", "Asks for a human"),
        ("Thanks [Smile]", "Thanks"),
        ("OK, thanks", "Thanks"),
        ("I cannot open the app", "Everything else"),
    ],
)
async def test_the_english_starter_rules(text: str, name: str) -> None:
    desk = Book()
    await desk.exchange.take_in(resource("rules", "starter.en.toml").read_text(encoding="utf-8"), "starter.toml")
    trial = desk.trials.try_message(TrialMessage(text))
    assert trial.answer.rule is not None
    assert trial.answer.rule.name == name
    assert trial.answer.problem == ""
    assert trial.sizes[0] > 0


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("text", ["到哪了 20461234", "20461234 到哪了"])
async def test_the_starter_rules_find_a_parcels_number_on_either_side_of_the_words(language: str, text: str) -> None:
    desk = Book()
    starter = resource("rules", f"starter.{language}.toml")
    await desk.exchange.take_in(starter.read_text(encoding="utf-8"), starter.name)
    assert "20461234" in desk.trials.try_message(TrialMessage(text)).answer.contents[0].text


async def test_of_a_long_list_only_what_found_something_is_kept() -> None:
    desk = Book([*(rule(f"r{n}", f"词{n}") for n in range(KEPT_WHOLE + 5)), rule("two", "好", "x"), rule("last", "x")])
    await desk.book.load()
    near = desk.book.answer(asked("词3"))
    assert [said.rule_name for said in near.verdicts] == ["r0", "r1", "r2", "r3"]
    far = desk.book.answer(asked("x"))
    assert [said.rule_name for said in far.verdicts] == ["two"]
    assert (far.matching.rules_asked, far.matching.rules_left) == (KEPT_WHOLE + 6, 1)
    tried = desk.trials.try_message(TrialMessage("x"))
    assert len(tried.answer.verdicts) == KEPT_WHOLE + 6


async def test_the_list_that_is_asked_is_kept() -> None:
    desk = Book([rule("a", "x"), rule("off", "y", enabled=False), rule("b", "z")])
    await desk.book.load()
    assert desk.kept.lists == [((1, 1), (3, 1))]


async def test_earlier_revisions_of_a_deleted_rule_are_reported() -> None:
    book = await loaded(rule("Hours", "open", text="We open at 9."))
    [first] = await book.all()
    await book.save(replace(first, then=(reply("We open at 10."),)))
    await book.delete(first.id)
    told = [(one.revision, one.then[0].text) for one in await book.revisions(first.id)]
    assert told == [(2, "We open at 10."), (1, "We open at 9.")]
