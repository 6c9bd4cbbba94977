"""The shop of the schedules: its rules, those who write to it, and the sentences with which they begin."""

from dataclasses import dataclass

RULES = """
[[rules]]
name = "at once"
when = { any = ["多少钱"] }
then = [{ reply = "at once {{ message.text }}" }]

[[rules]]
name = "in two"
when = { any = ["怎么买"] }
then = [{ reply = "first {{ message.text }}" }, { reply = "second {{ message.text }}" }]

[[rules]]
name = "slowly"
when = { any = ["怎么寄"] }
then = [{ reply = "one {{ message.text }}" }, { typing = 3 }, { reply = "other {{ message.text }}" }]

[[rules]]
name = "held"
when = { any = ["发货"] }
delivery = { hold = 10 }
then = [{ reply = "held {{ message.text }}" }]

[[rules]]
name = "prepared"
when = { any = ["退货"] }
delivery = "draft"
then = [{ reply = "prepared {{ message.text }}" }]

[[rules]]
name = "human"
when = { any = ["人工"] }
then = [{ reply = "coming {{ message.text }}" }, { take_over = true }]

[[rules]]
name = "held and human"
when = { any = ["投诉"] }
delivery = { hold = 10 }
then = [{ reply = "sorry {{ message.text }}" }, { take_over = true }]

[[rules]]
name = "rarely"
when = { any = ["有货"] }
cooldown = { per_conversation = 50 }
then = [{ reply = "rarely {{ message.text }}" }]
"""
"""The last one asks for the past, so that the desk reads it between every message and its decision."""

NAMES = ("at once", "in two", "slowly", "held", "prepared", "human", "held and human", "rarely")
"""What the rules above are called."""

SLOWLY = "怎么寄"
OPENINGS = ("多少钱", "怎么买", SLOWLY, "发货", "发货", "退货", "人工", "投诉", "有货", "在吗")


@dataclass
class Contact:
    """A contact who writes, with all that the desk should know."""

    openid: str
    conversation_id: int = 0
    written: int = 0
