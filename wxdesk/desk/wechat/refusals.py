"""Explains WeChat's refusals to the operator: meaning, remedy, text to copy.

The only source of these texts for bubbles, notices, the traffic page and `wxdesk doctor`.
"""

from dataclasses import dataclass

from wxdesk.core.errors import Refused
from wxdesk.core.wechat.errcodes import addresses_in, is_known, meaning_of, remedy_of
from wxdesk.i18n import explain, tr

NOT_IN_THE_IP_LIST = 40164

LONGEST = 120
"""Characters of WeChat's own errmsg that are shown."""


@dataclass(frozen=True, slots=True)
class RefusalText:
    """Explanation of an errcode.

    `meaning` is part of a sentence, `remedy` sentences (perhaps empty), `copy` the text that the remedy asks to
    paste elsewhere.
    """

    errcode: int
    meaning: str
    remedy: str
    copy: str = ""

    @property
    def sentence(self) -> str:
        """Code and meaning, then the remedy."""
        said = tr("{code} {meaning}.", code=self.errcode, meaning=self.meaning)
        return tr("{said} {more}", said=said, more=self.remedy) if self.remedy else said


def refusal_text(errcode: int, errmsg: str = "") -> RefusalText:
    """Explain `errcode`; `errmsg` has the address to allow, or explains unknown codes."""
    meaning = tr(meaning_of(errcode))
    if not is_known(errcode) and errmsg:
        meaning = tr("{meaning}: “{said}”", meaning=meaning, said=errmsg[:LONGEST])
    addresses = addresses_in(errmsg) if errcode == NOT_IN_THE_IP_LIST else ()
    if not addresses:
        return RefusalText(errcode, meaning, tr(remedy_of(errcode)))
    remedy = tr("Add {address} to the IP list in the mini program's console.", address=tr(", ").join(addresses))
    return RefusalText(errcode, meaning, remedy, "\n".join(addresses))


def explain_refusal(error: BaseException) -> str:
    """Explain any error like `i18n.explain`, a refusal by meaning and remedy."""
    return refusal_text(error.errcode, error.errmsg).sentence if isinstance(error, Refused) else explain(error)
