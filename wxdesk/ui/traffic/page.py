"""Traffic page: the latest requests and calls, and one of them in detail."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from wxdesk.core.errors import NotFound
from wxdesk.core.events import (
    NOT_TIMED,
    ApiCalled,
    ConfigurationChanged,
    DecisionMade,
    Event,
    MessageKept,
    PushSeen,
    QuarantineChanged,
    ReplyChanged,
)
from wxdesk.core.model.push import KeptPush
from wxdesk.core.model.traces import PushPath, PushTrace
from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.theme import Measure
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.traffic.detail import WIDTH, TrafficDetail, as_curl, call_as_curl, readable
from wxdesk.ui.traffic.entries import TrafficEntry, TrafficLine
from wxdesk.ui.traffic.header import ALL, HEALTH, QUARANTINE, TrafficHeader
from wxdesk.ui.traffic.health import HealthPanel
from wxdesk.ui.traffic.steps import call_steps, push_steps, subject_of
from wxdesk.ui.traffic.table import LINE, MOST, TrafficFilter, TrafficModel, TrafficView
from wxdesk.ui.widgets.boxes import Frame, hbox, vbox
from wxdesk.ui.widgets.dialogs.file_jobs import save_as
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.shortcut_sheet import ShortcutKey, bind_page
from wxdesk.ui.widgets.labels import PlainLabel, small_label
from wxdesk.ui.wording.hold_reasons import HoldReasons

BEFORE_THE_START = (
    "Lines without a duration are from before the desk was started. Of that time messages are kept, and the last "
    "attempt of each reply, but no refused requests, access tokens, pictures or typing."
)


class TrafficPage(Frame):
    """Follows the desk's traffic while visible; hidden, it only notes missed entries.

    Signals:
        try_wanted: conversation and text of a message that the rules of now shall be tried on.
    """

    try_wanted = Signal(int, str)

    def __init__(self, bridge: WindowBridge) -> None:
        super().__init__("panel")
        self._bridge = bridge
        self._stale, self._known = True, False
        self._entry: TrafficEntry | None = None
        self._path: PushPath | None = None
        self._chip = ALL
        self._hold_reasons = HoldReasons(bridge, self)
        self.model = TrafficModel(self)
        self.shown = TrafficFilter(self.model, self)
        self.header = TrafficHeader()
        self.view = TrafficView(self.shown, self.header.show_unseen)
        self.view.setAccessibleName(tr("Requests and calls"))
        self.detail = TrafficDetail(self)
        self.health = HealthPanel(bridge, self.header.show_health)
        self._before = small_label(tr(BEFORE_THE_START), wrap=True)
        self._before.setContentsMargins(16, 6, 16, 6)
        self._empty = PlainLabel(role="secondary", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(48, 0, 48, 0)
        self._gather = Debounce(self._ask_store, self)
        self._again = Debounce(self._ask_path, self)
        self._quarantine = Refresher(bridge, bridge.desk.quarantine.newest, self._show_quarantine, self)
        self._build()
        self._connect()
        self._offer_accounts()
        self.detail.hide()

    # -- the page

    def activate(self) -> None:
        """Load the entries missed while hidden."""
        self._quarantine.ask()
        if self._stale and not self._in_quarantine:
            self._stale = False
            desk = self._bridge.desk
            self._bridge.ask(desk.traffic.newest_first(MOST, desk.reports.traces.before), self._show_newest)

    def keys(self) -> tuple[ShortcutKey, ...]:
        """Return the page's keys, for the shortcut sheet."""
        return (ShortcutKey("Ctrl+F", tr("Filter by name, text or code"), self.header.search.setFocus),)

    def _build(self) -> None:
        left, table = QWidget(), QWidget()
        vbox((self.view, 1), self._before, within=table, spacing=0)
        self._stack = QStackedLayout(left)
        for page in (table, self._empty, self.health):
            self._stack.addWidget(page)
        self._room = hbox((left, 1), spacing=0)
        vbox(self.header, (self._room, 1), within=self, spacing=0)

    def _connect(self) -> None:
        self._bridge.events.connect(self._on_events)
        self._bridge.follow(self, self._offer_accounts, ConfigurationChanged)
        self.header.chips.idToggled.connect(self._choose)
        self.header.narrowed.connect(self._narrow)
        self.health.refresh()
        self.header.to_newest.clicked.connect(self.view.follow)
        self.view.selectionModel().selectionChanged.connect(self._choose_line)
        self.detail.closed.connect(self._close_detail)
        self.detail.save.clicked.connect(self._save)
        self.detail.replay.clicked.connect(self._replay)
        self.header.read_again.clicked.connect(self._read_again)
        self.model.dataChanged.connect(self._data_changed)
        self._hold_reasons.changed.connect(self._ask_path)
        bind_page(self, self.keys())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_detail()

    # -- lines

    def _on_events(self, events: tuple[Event, ...]) -> None:
        entries: list[TrafficEntry] = [event for event in events if isinstance(event, PushSeen | ApiCalled)]
        if not self.isVisible() or self._in_quarantine:
            self._stale = self._stale or bool(entries)
        if not self.isVisible():
            return
        if any(isinstance(event, QuarantineChanged) for event in events):
            self._quarantine.ask()
        if self._in_quarantine:
            return
        if entries:
            self.model.prepend(entries)
            self._recount()
        if entries or any(isinstance(event, MessageKept) for event in events):
            self._gather.start()
        if self._entry is not None and any(isinstance(event, DecisionMade | ReplyChanged) for event in events):
            self._again.start()

    def _show_newest(self, entries: list[TrafficEntry]) -> None:
        if not self._in_quarantine:  # it was opened while these were read
            self._known = True
            self._show(entries)

    def _show(self, entries: list[TrafficEntry]) -> None:
        self.model.replace(entries)
        self._choose_line()  # a reset takes the selection away without saying so
        self._recount()
        self._ask_store()

    def _show_quarantine(self, found: tuple[int, list[KeptPush]]) -> None:
        count, pushes = found
        self.header.show_quarantine(count)
        if self._in_quarantine:
            self._known = True
            self.model.replace(PushSeen(one.account, "kept", one.received_at, NOT_TIMED, "", one.key) for one in pushes)
            self.model.learn(PushTrace(one.id, one.account, one.key, one.derived, one.note) for one in pushes)
            self._choose_line()
            self._recount()

    def _read_again(self) -> None:
        """Try to read all of them again, as one does after a program update."""
        self._bridge.ask(self._bridge.desk.quarantine.read_again(), self._say_read)

    def _say_read(self, count: int) -> None:
        none = tr("None of them can be read yet; a newer wxdesk may know how.")
        said = ntr("{n} push could be read now", "{n} pushes could be read now", count) if count else none
        self._bridge.notices.toast(said)
        self._quarantine.ask()

    def _recount(self) -> None:
        if not self._in_quarantine:
            self.header.show_problems(self.model.problems(self.shown.fits))
        filled = self.shown.rowCount() > 0
        self._stack.setCurrentIndex(2 if self._chip == HEALTH else 0 if filled else 1)
        self._before.setVisible(not self._in_quarantine and self.model.reaches_back())
        if not filled:
            nothing = tr("Requests from WeChat and calls to it appear here as they happen.")
            if self._in_quarantine:
                nothing = tr("Nothing is in quarantine: all that WeChat signed could be read.")
            nothing = tr("Nothing here fits the filter.") if self.model.rowCount() else nothing
            self._empty.setText(nothing if self._known else "")

    def _ask_store(self) -> None:
        traces = self._bridge.desk.reports.traces
        if pushes := self.model.wanted_pushes():
            self._bridge.ask(traces.of_pushes(pushes[:500]), self.model.learn)
        if replies := self.model.wanted_replies():
            self._bridge.ask(traces.of_replies(replies[:500]), self.model.learn)

    def _data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        line, rows = self._line(), range(first.row(), last.row() + 1)
        if line is not None and any(self.model.index(row, 0).data(LINE) is line for row in rows):
            self._show_detail(line)

    # -- filters

    @property
    def _in_quarantine(self) -> bool:
        return self._chip == QUARANTINE

    def _choose(self, chip: int, checked: bool) -> None:
        if checked:
            before, self._chip = self._in_quarantine, chip
            self.header.show_tools(chip)
            if chip == HEALTH:
                self.view.clearSelection()
                self.header.chips.button(chip).setFocus()  # the table, which hides, would pass it to a button
            if before != self._in_quarantine:  # other lines, so none that was chosen stays
                self._stale, self._known = True, False
                self._show([])
                self.activate()
            self._narrow()

    def _narrow(self) -> None:
        header, everything = self.header, self._in_quarantine
        kind, problems = "" if everything else header.kind.value, header.problems.isChecked() and not everything
        self.shown.choose(kind, header.account.value, header.search.text(), problems=problems)
        self._recount()

    def _offer_accounts(self) -> None:
        self.header.offer_accounts(tuple(self._bridge.desk.accounts))

    # -- detail

    def _line(self) -> TrafficLine | None:
        chosen = self.view.selectionModel().selectedRows()
        return chosen[0].data(LINE) if chosen else None

    def _choose_line(self) -> None:
        line = self._line()
        entry = line.entry if line is not None else None
        if entry is self._entry:  # rows that come in above move the selection without changing it
            return
        self._entry, self._path = entry, None
        self.detail.setVisible(line is not None)
        if line is not None:
            self._show_detail(line)
            self._place_detail()
            self._ask_path()

    def _ask_path(self) -> None:
        line = self._line()
        if line is not None and isinstance(entry := line.entry, PushSeen) and entry.key:
            work = self._bridge.desk.reports.traces.path(entry.account, entry.key)
            never_kept = (NotFound, lambda _: None)  # a refused push; its outcome says so
            self._bridge.ask(work, self._learn_path, expected=never_kept)

    def _learn_path(self, path: PushPath) -> None:
        line = self._line()
        if line is not None and isinstance(line.entry, PushSeen) and line.entry.key == path.push.key:
            self._path = path
            self._show_detail(line)

    def _show_detail(self, line: TrafficLine) -> None:
        title, entry = subject_of(line), line.entry
        if isinstance(entry, ApiCalled):
            text = line.reply.reply.content.summary if line.reply is not None else ""
            self.detail.save.hide()
            self.detail.replay.hide()
            curl = call_as_curl(entry.call, line.reply.reply.content.text if line.reply is not None else "")
            self.detail.show_line(title, tr("What was said"), text, call_steps(line, entry), curl)
            return
        account = self._bridge.desk.accounts.get(entry.account)
        path = self._path
        text = readable(path.push.body, path.push.format) if path is not None else ""
        steps = push_steps(line, path, account, self._bridge.desk.clock(), self._hold_reasons.of)
        self.detail.save.setVisible(path is not None and bool(path.push.note))
        self.detail.replay.setVisible(path is not None and path.message is not None and bool(path.message.text))
        curl = as_curl("https://…/wx/…?signature=…&timestamp=…&nonce=…", text)
        self.detail.show_line(title, tr("Decrypted"), text, steps, curl)

    def _close_detail(self) -> None:
        self.view.clearSelection()
        self.view.setFocus()

    def _place_detail(self) -> None:
        drawer = self.width() < Measure.DETAIL_BECOMES_DRAWER - Measure.RAIL
        self.detail.away.setVisible(drawer)
        beside = self._room.indexOf(self.detail) >= 0
        if drawer and beside:
            self._room.removeWidget(self.detail)
        elif not drawer and not beside:
            self._room.addWidget(self.detail)
        if drawer:
            top = self.header.height()
            self.detail.setGeometry(self.width() - WIDTH, top, WIDTH, self.height() - top)
            self.detail.raise_()

    def _replay(self) -> None:
        """Try the rules of now on the message; nothing is stored or sent."""
        if self._path is not None and self._path.message is not None:
            self.try_wanted.emit(self._path.message.conversation_id, self._path.message.text)

    def _save(self) -> None:
        if self._path is not None:
            push = self._path.push
            kind = push.format.value if push.format is not None else "bin"
            save_as(self, self._bridge.notices, f"wxdesk-{push.account}-{push.id}.{kind}", push.body)
