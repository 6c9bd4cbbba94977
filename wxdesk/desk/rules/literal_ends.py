"""Literal beginnings and ends of rule texts, compared with an operator's reply.

Filling a template takes many times as long as looking at both its ends. Blanks are not compared: where
templates trim them and long texts are cut, they come and go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wxdesk.core.model.content import ReplyKind
from wxdesk.core.model.rule import Action, ActionKind
from wxdesk.core.rules.matching.matcher import MatchResult
from wxdesk.desk.answers.template_lookup import TemplateLookup

_ANY = ("",)


class LiteralEnds:
    """Knows the literal ends of the texts of rules; `shelf` has the templates."""

    def __init__(self, shelf: TemplateLookup) -> None:
        self._shelf = shelf

    def cannot_have_said(self, words: str, matching: MatchResult) -> bool:
        """Check that these rules certainly send something other than `words`.

        Blank words are as good as nothing, so for them nothing is certain.
        """
        sought = _without_blanks(words)
        if not sought:
            return False
        said = tuple(self._texts(matching))
        return not (
            said
            and any(sought.startswith(_without_blanks(text.partition("{")[0])) for text in said[0])
            and any(sought.endswith(_without_blanks(text.rpartition("}")[2])) for text in said[-1])
        )

    def _texts(self, matching: MatchResult) -> Iterator[Sequence[str]]:
        """Yield the wordings of each message, in order."""
        for action in (action for one in matching.matched for action in one.rule.then):
            match action.kind:
                case ActionKind.REPLY:
                    yield action.texts
                case ActionKind.TEMPLATE:
                    yield self._stored(action)
                case ActionKind.IMAGE | ActionKind.LINK | ActionKind.CARD:
                    yield _ANY

    def _stored(self, action: Action) -> Sequence[str]:
        template = self._shelf.find(action.template)
        return template.texts if template is not None and template.kind is ReplyKind.TEXT else _ANY


def _without_blanks(text: str) -> str:
    return "".join(text.split())
