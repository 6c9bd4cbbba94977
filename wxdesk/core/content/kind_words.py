"""Words that stand for a message or reply without text, by its kind."""

KIND_WORDS = {
    "text": "[Empty message]",
    "image": "[Image]",
    "link": "[Link]",
    "card": "[Mini-program card]",
    "enter_session": "[Entered the chat]",
    "voice": "[Voice message]",
    "video": "[Video]",
    "shortvideo": "[Video]",
    "location": "[Location]",
    "file": "[File]",
}
"""Sentences for `i18n.tr`, by MessageType, ReplyKind or MsgType."""

OTHER_KIND = "[Other message]"
