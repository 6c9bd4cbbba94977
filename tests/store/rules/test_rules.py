"""The list of rules, and its revisions; settings and accounts beside it."""

import pytest
from msgspec.structs import replace
from sqlalchemy import select, text

from tests.store.chats import T0, second
from wxdesk.core.errors import CalendarChanged, CalendarInUse, NotFound, RulesOutdated, StoreError
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import (
    Action,
    ActionKind,
    Condition,
    Cooldown,
    Delivery,
    FieldTest,
    HoursTest,
    LastRule,
    MessageNo,
    Presence,
    Rule,
    SessionFromTest,
    TagsTest,
    Variant,
)
from wxdesk.core.rules.business_hours import Calendar, CalendarList
from wxdesk.core.rules.pairing import DeletedRule
from wxdesk.store import Store
from wxdesk.store.rules.rules import stored_calendars
from wxdesk.store.schema.authored import rule_revisions
from wxdesk.store.schema.columns import EPOCH

FULL = Rule(
    "全部",
    enabled=False,
    on=frozenset({MessageType.TEXT, MessageType.ENTER_SESSION}),
    when=Condition(
        any=("几点",),
        all=("a", "b"),
        none=("退款",),
        exact=("嗯",),
        prefix=("前",),
        suffix=("吗",),
        regex=r"(?P<no>\d{4,})",
        session_from=SessionFromTest(prefix="goods", fields=(FieldTest("id", ("1", "2")),)),
        account="shop",
        event=("user_enter_tempsession",),
        hours=HoursTest("店", inside=False),
        operator=Presence.AWAY,
        tags=TagsTest(("vip",), ("黑名单",)),
        first_contact=False,
        quiet_days=30,
        message_no=MessageNo(2),
        last_rule_within=LastRule("问候", 10),
        unless=Condition(regex="x+"),
    ),
    then=(
        Action(ActionKind.REPLY, "订单 {{ m.no }}", others=("单号 {{ m.no }}",), variant=Variant.ROTATE),
        Action(ActionKind.TYPING, seconds=3),
        Action(ActionKind.CARD, content=Content(ReplyKind.CARD, title="店", page_path="p", thumb_media_id="m")),
        Action(ActionKind.TAG, tags=("售后",)),
    ),
    continues=True,
    cooldown=Cooldown(60, 1, 9),
    delivery=Delivery.HOLD,
    hold_seconds=20,
)

SHOP, NIGHT, FAIR = Calendar("Shop"), Calendar("Night"), Calendar("Fair")

OLD = (
    '{"name":"物流","id":0,"position":0,"revision":0,"enabled":true,"on":["text"],"when":{"any":["物流"],"all":[],'
    '"none":["投诉"],"exact":[],"prefix":[],"regex":null,"session_from":{"equals":null,"prefix":"goods","regex":null}},'
    '"then":[{"kind":"reply","text":"在路上","content":{"kind":"text","text":"","media_id":"","title":"",'
    '"description":"","url":"","thumb_url":"","page_path":"","thumb_media_id":""},"tags":[]}],"default":false,'
    '"continues":false,"updated_at":null}'
)
"""A rule as the first version of this program stored it."""


def plain(name: str, answer: str = "好", *, default: bool = False) -> Rule:
    return Rule(name, then=(Action(ActionKind.REPLY, answer),), default=default)


async def names(store: Store) -> list[str]:
    listed = await store.rules.all()
    assert [rule.position for rule in listed] == list(range(1, len(listed) + 1))
    return [rule.name for rule in listed]


async def hours(store: Store) -> CalendarList:
    return await store._db.read(stored_calendars)


async def revisions(store: Store) -> list[tuple[int, int, str]]:
    query = select(rule_revisions).order_by(rule_revisions.c.rule_id, rule_revisions.c.revision)
    rows = await store._db.read(lambda connection: connection.execute(query).all())
    return [(row.rule_id, row.revision, row.rule.name) for row in rows]


async def test_a_rule_comes_back_as_it_was(store: Store) -> None:
    saved = await store.rules.save(FULL, second(1))
    assert saved == replace(FULL, id=saved.id, position=1, revision=1, updated_at=second(1))
    assert saved.id > 0
    assert await store.rules.all() == [saved]


async def test_a_rule_that_an_older_program_stored_is_read(store: Store) -> None:
    values = {"position": 1, "revision": 4, "enabled": True, "at": 0, "rule": OLD}
    columns = "position, revision, enabled, rule, updated_at"
    insert = f"INSERT INTO rules ({columns}) VALUES (:position, :revision, :enabled, :rule, :at)"  # noqa: S608
    await store._db.write(lambda connection: connection.execute(text(insert), values))
    [rule] = await store.rules.all()
    when = Condition(any=("物流",), none=("投诉",), session_from=SessionFromTest(prefix="goods"))
    then = (Action(ActionKind.REPLY, "在路上"),)
    assert rule == Rule("物流", id=rule.id, position=1, revision=4, when=when, then=then, updated_at=EPOCH)


async def test_saving_again_is_the_next_revision_in_the_same_place(store: Store) -> None:
    one = await store.rules.save(plain("一"), T0)
    await store.rules.save(plain("二"), T0)
    changed = await store.rules.save(replace(one, name="壹", position=99), second(5))
    assert (changed.id, changed.revision, changed.position, changed.updated_at) == (one.id, 2, 1, second(5))
    assert await names(store) == ["壹", "二"]
    assert (await revisions(store))[:2] == [(one.id, 1, "一"), (one.id, 2, "壹")]
    with pytest.raises(NotFound):
        await store.rules.save(replace(one, id=999), T0)


async def test_a_new_rule_stands_before_a_trailing_default(store: Store) -> None:
    for rule in (plain("一"), plain("默认", default=True), plain("二"), plain("末", default=True)):
        await store.rules.save(rule, T0)
    assert await names(store) == ["一", "二", "默认", "末"]


async def test_a_new_rule_that_asks_for_words_stands_before_what_would_answer_everything(store: Store) -> None:
    closed = Rule("打烊后", when=Condition(hours=HoursTest("店", inside=False)), then=(Action(ActionKind.SILENT),))
    tagging = replace(closed, name="标记", continues=True)
    asking = replace(closed, name="运费", when=Condition(any=("包邮",)))
    listed = (plain("一"), tagging, closed, plain("默认", default=True), asking, replace(closed, name="夜里"))
    for rule in listed:
        await store.rules.save(rule, T0)
    assert await names(store) == ["一", "标记", "运费", "打烊后", "夜里", "默认"]


async def test_switching_makes_no_revision(store: Store) -> None:
    one = await store.rules.save(plain("一"), T0)
    await store.rules.set_enabled(one.id, False)
    assert await store.rules.all() == [replace(one, enabled=False)]
    assert len(await revisions(store)) == 1
    with pytest.raises(NotFound):
        await store.rules.set_enabled(999, True)


async def test_reordering_puts_the_rest_at_the_end(store: Store) -> None:
    a, b, c, d = [(await store.rules.save(plain(name), T0)).id for name in "abcd"]
    await store.rules.reorder([d, 999, b])
    assert await names(store) == ["d", "b", "a", "c"]
    await store.rules.reorder([a, b, c, d])
    assert await names(store) == ["a", "b", "c", "d"]


async def test_a_deleted_rule_leaves_its_revisions_and_its_id_is_not_given_again(store: Store) -> None:
    one, two = [await store.rules.save(plain(name), T0) for name in ("一", "二")]
    await store.rules.delete(two.id)
    assert await names(store) == ["一"]
    assert (await revisions(store))[-1] == (two.id, 1, "二")
    three = await store.rules.save(plain("三"), T0)
    assert three.id not in (one.id, two.id)
    with pytest.raises(NotFound):
        await store.rules.delete(two.id)


async def test_every_revision_of_a_rule_comes_back_the_newest_first_with_its_time(store: Store) -> None:
    assert await store.rules.revisions(1) == []
    first = await store.rules.save(FULL, second(1))
    other = await store.rules.save(plain("二"), second(2))
    await store.rules.set_enabled(first.id, True)
    await store.rules.save(replace(plain("改"), id=first.id), second(3))
    newest, oldest = await store.rules.revisions(first.id)
    assert newest == replace(plain("改"), id=first.id, revision=2, updated_at=second(3))
    assert oldest == replace(FULL, id=first.id, revision=1, enabled=True, updated_at=second(1))
    assert [rule.name for rule in await store.rules.revisions(other.id)] == ["二"]


async def test_a_deleted_rule_still_tells_what_it_said(store: Store) -> None:
    one = await store.rules.save(plain("一"), second(1))
    await store.rules.save(replace(one, name="壹"), second(2))
    await store.rules.delete(one.id)
    assert [(rule.revision, rule.name) for rule in await store.rules.revisions(one.id)] == [(2, "壹"), (1, "一")]


async def test_replacing_all_rules_keeps_the_unchanged_ones(store: Store) -> None:
    same, changed, gone = [await store.rules.save(plain(name), T0) for name in ("同", "变", "去")]
    new_list = [plain("新"), plain("变", "另"), replace(plain("同"), enabled=False)]
    replaced = await store.rules.replace_all(new_list, second(9))
    assert await store.rules.all() == replaced
    new, now_changed, still_same = replaced
    assert still_same == replace(same, position=3, enabled=False)
    assert now_changed == replace(plain("变", "另"), id=changed.id, position=2, revision=2, updated_at=second(9))
    assert (new.name, new.revision, new.updated_at) == ("新", 1, second(9))
    assert new.id not in (same.id, changed.id, gone.id)
    assert (gone.id, 1, "去") in await revisions(store)
    assert await store.rules.replace_all([], second(10)) == []
    assert await store.rules.all() == []


async def test_a_replaced_list_can_be_restored_with_its_ids(store: Store) -> None:
    for name in ("同", "变", "去"):
        await store.rules.save(plain(name), T0)
    same, changed, gone = before = await store.rules.all()
    await store.rules.replace_all([plain("新"), plain("变", "另"), replace(plain("同"), enabled=False)], second(9))
    restored = await store.rules.restore(before, second(10))
    assert await store.rules.all() == restored
    assert restored == [same, replace(changed, revision=3, updated_at=second(10)), gone]
    assert [one.then for one in await store.rules.revisions(changed.id)] == [
        changed.then,
        plain("变", "另").then,
        changed.then,
    ]
    later = await store.rules.save(plain("后"), second(11))  # the ids go on above those that came back
    assert later.id > max(rule.id for rule in before)


async def test_a_list_that_others_have_changed_is_not_restored(store: Store) -> None:
    one = await store.rules.save(plain("一"), T0)
    seen = await store.rules.all()
    changed = await store.rules.save(plain("二"), second(1))
    with pytest.raises(RulesOutdated):
        await store.rules.restore([], second(2), [SHOP], seen)
    assert (await store.rules.all(), await hours(store)) == ([one, changed], CalendarList())
    await store.rules.restore([one], second(3), expected=[one, changed])
    assert await store.rules.all() == [one]


async def test_a_rule_comes_back_as_it_was_saved_last(store: Store) -> None:
    one, two = [await store.rules.save(plain(name), T0) for name in ("一", "二")]
    changed = await store.rules.save(replace(one, then=plain("", "另").then), second(1))
    await store.rules.delete(one.id)
    await store.rules.put_back(DeletedRule(one))
    assert await store.rules.all() == [changed, two]
    assert (await store.rules.save(changed, second(2))).revision == 3


@pytest.mark.expects_log("database")
async def test_business_hours_come_back_with_a_list_or_not_at_all(store: Store) -> None:
    rule = await store.rules.save(plain("一"), T0)
    await store.rules.replace_all([], second(1), [SHOP, NIGHT])
    night = replace(NIGHT, id=2)
    with pytest.raises(StoreError):
        await store.rules.restore([rule, rule], second(2), [night])
    before = CalendarList((replace(SHOP, id=1), night))
    assert (await store.rules.all(), await hours(store)) == ([], before)
    await store.rules.restore([rule], second(3), [night])
    assert (await store.rules.all(), await hours(store)) == ([rule], CalendarList((night,), {1: "Shop"}))
    await store.rules.restore([], second(4), before.calendars)
    assert await hours(store) == before


async def test_rules_of_one_name_are_told_apart_by_content(store: Store) -> None:
    one, two = [await store.rules.save(plain("双", answer), T0) for answer in ("甲", "乙")]
    swapped = await store.rules.replace_all([plain("双", "乙"), plain("双", "甲")], second(1))
    assert [(rule.id, rule.revision) for rule in swapped] == [(two.id, 1), (one.id, 1)]


async def test_a_rule_put_back_after_its_deletion_starts_anew(store: Store) -> None:
    one = await store.rules.save(plain("一"), T0)
    await store.rules.replace_all([], T0)
    [again] = await store.rules.replace_all([plain("一")], T0)
    assert again.id != one.id


async def test_settings_keep_their_last_value(store: Store) -> None:
    assert await store.settings.get("paused") is None
    await store.settings.set("paused", "yes")
    await store.settings.set("paused", "不")
    assert await store.settings.get("paused") == "不"


def after(name: str, other: str, *, unless: bool = False) -> Rule:
    when = Condition(last_rule_within=LastRule(other, 5))
    return replace(plain(name), when=Condition(none=("x",), unless=when) if unless else when)


async def test_rules_refer_to_another_whatever_it_is_called(store: Store) -> None:
    named = await store.rules.save(after("问候", "问候"), T0)
    follows = await store.rules.save(after("跟着", "问候"), T0)
    unless = await store.rules.save(after("除非", "问候", unless=True), T0)
    other = await store.rules.save(after("别的", "别的规则"), T0)
    renamed = await store.rules.save(replace(named, name="欢迎"), second(1))
    listed = await store.rules.all()
    assert [rule.name for rule in listed] == ["欢迎", "跟着", "除非", "别的"]
    assert listed[0] == renamed
    asked = [rule.when.last_rule_within or (rule.when.unless and rule.when.unless.last_rule_within) for rule in listed]
    assert [one and one.rule for one in asked] == [named.id, named.id, named.id, "别的规则"]
    assert [rule.revision for rule in listed] == [2, 1, 1, 1]
    assert [one.when for one in await store.rules.revisions(follows.id)] == [follows.when]
    assert (unless.id, other.id) == (listed[2].id, listed[3].id)
    await store.rules.save(plain("别的规则"), second(2))
    assert (await store.rules.all())[3].when.rules == {listed[3].id + 1}


async def test_a_list_means_its_own_rules_by_their_names(store: Store) -> None:
    """Also where the name was that of a rule that has been removed, which the file knows nothing of."""
    lists = ([after("跟着", "问候"), plain("问候")], [after("跟着", "问候")], [after("跟着", "问候"), plain("问候")])
    first, gone, again = [await store.rules.replace_all(one, T0) for one in lists]
    assert first[0].when.rules == gone[0].when.rules == {first[1].id}
    assert again[0].when.rules == {again[1].id} != {first[1].id}
    assert (await store.rules.all(), again[0].revision) == (again, 1)


async def test_a_reference_by_a_shared_name_means_the_rule_that_keeps_it(store: Store) -> None:
    first, other = [await store.rules.save(plain("问候", answer), T0) for answer in ("甲", "乙")]
    follows = await store.rules.save(after("跟着", "问候"), T0)
    assert follows.when.rules == {"问候"}, "either of the two"
    await store.rules.save(replace(first, name="欢迎"), second(1))
    assert (await store.rules.all())[2].when.rules == {other.id}


@pytest.mark.expects_log("database error: StatementError")
async def test_business_hours_of_a_file_are_stored_with_its_rules_or_not_at_all(store: Store) -> None:
    unwritable = replace(plain("一"), when=Condition(any=(object(),)))  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        await store.rules.replace_all([unwritable], T0, [SHOP])
    assert await hours(store) == CalendarList()
    [asks] = await store.rules.replace_all([asking("夜", "Night")], T0, [SHOP, NIGHT])
    assert asks.when.calendars == {2}
    later = replace(NIGHT, zone="UTC")
    assert await store.rules.replace_all([asking("夜", "Night")], second(1), [later, FAIR]) == [asks]
    assert [(one.name, one.zone, one.id) for one in (await hours(store)).calendars] == [
        ("Shop", "", 1), ("Night", "UTC", 2), ("Fair", "", 3)
    ]  # fmt: skip


def asking(name: str, calendar: str) -> Rule:
    return replace(plain(name), when=Condition(any=("夜",), hours=HoursTest(calendar)))


class TestHours:
    """Business hours, and the rules that ask for them."""

    @pytest.fixture
    async def night(self, store: Store) -> Calendar:
        await store.rules.save_hours(lambda _: [SHOP, NIGHT])
        return (await hours(store)).calendars[1]

    async def test_rules_ask_for_the_same_whatever_they_are_called(self, store: Store, night: Calendar) -> None:
        asks = await store.rules.save(asking("夜", "Night"), T0)
        assert asks.when.calendars == {night.id}
        await store.rules.save_hours(lambda there: [replace(one, name=one.name + "2") for one in there])
        assert [one.name for one in (await hours(store)).calendars] == ["Shop2", "Night2"]
        assert await store.rules.all() == [asks]
        assert [one.revision for one in await store.rules.revisions(asks.id)] == [1]

    async def test_a_rule_that_has_a_name_only_refers_to_it_once_it_is_there(self, store: Store) -> None:
        asks = await store.rules.save(asking("夜", "Night"), T0)
        assert asks.when.calendars == {"Night"}
        await store.rules.save_hours(lambda _: [NIGHT])
        bound = replace(asks, when=replace(asks.when, hours=HoursTest(1)))
        assert await store.rules.all() == [bound]
        assert [one.when for one in await store.rules.revisions(asks.id)] == [bound.when]

    async def test_an_id_is_never_given_again_and_a_name_is_known_for_good(self, store: Store, night: Calendar) -> None:
        await store.rules.save_hours(lambda there: [one for one in there if one != night])
        await store.rules.save_hours(lambda there: [*there, NIGHT, FAIR])
        assert (await hours(store)).ids == {"Shop": 1, "Night": 3, "Fair": 4}
        assert (await hours(store)).name_of(night.id) == "Night"

    async def test_nothing_is_changed_where_it_is_refused(self, store: Store, night: Calendar) -> None:
        await store.rules.save(asking("夜", "Night"), T0)
        before = await hours(store)
        with pytest.raises(CalendarInUse, match="夜"):
            await store.rules.save_hours(lambda _: [FAIR])

        def refused(_: object) -> list[Calendar]:
            raise CalendarChanged(calendar="Night")

        with pytest.raises(CalendarChanged):
            await store.rules.save_hours(refused)
        assert await hours(store) == before
