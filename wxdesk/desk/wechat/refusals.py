"""What a refusal of WeChat's says to the operator, in his language: what it means, what helps, what to copy.

The one source of these words for bubbles, notices, the traffic page and `wxdesk doctor`.
"""

from __future__ import annotations

from dataclasses import dataclass

from wxdesk.core.errors import Refused
from wxdesk.core.wechat.errcodes import addresses_in, is_known, meaning_of, remedy_of
from wxdesk.i18n import explain, tr

NOT_IN_THE_IP_LIST = 40164

LONGEST = 120
"""Characters of WeChat's own words that are told."""


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """Meaning (part of a sentence), remedy (sentences, perhaps empty) and what the remedy asks to put elsewhere."""

    errcode: int
    meaning: str
    remedy: str
    copy: str = ""

    @property
    def sentence(self) -> str:
        """Code and meaning, then the remedy."""
        said = tr("{code} {meaning}.", code=self.errcode, meaning=self.meaning)
        return tr("{said} {more}", said=said, more=self.remedy) if self.remedy else said


def refusal_words(errcode: int, errmsg: str = "") -> RefusalWords:
    """The words for `errcode`; `errmsg`, WeChat's own, gives the address to allow and speaks for unknown codes."""
    meaning = tr(meaning_of(errcode))
    if not is_known(errcode) and errmsg:
        meaning = tr("{meaning}: “{said}”", meaning=meaning, said=errmsg[:LONGEST])
    addresses = addresses_in(errmsg) if errcode == NOT_IN_THE_IP_LIST else ()
    if not addresses:
        return RefusalWords(errcode, meaning, tr(remedy_of(errcode)))
    remedy = tr("Add {address} to the IP list in the mini program's console.", address=tr(", ").join(addresses))
    return RefusalWords(errcode, meaning, remedy, "\n".join(addresses))


def explain_refusal(error: BaseException) -> str:
    """As `i18n.explain`, but what WeChat refused is told with meaning and remedy in place of its own words."""
    return refusal_words(error.errcode, error.errmsg).sentence if isinstance(error, Refused) else explain(error)
