"""Switches for faults; a switch turns itself off once its fault has happened."""

from datetime import timedelta
from functools import partial

from PySide6.QtWidgets import QWidget

from wxdesk.core.wechat.errcodes import meaning_of
from wxdesk.i18n import tr
from wxdesk.sandbox.platform.faults import FOR_PUSHES, FaultKind, SimulatedFault
from wxdesk.sandbox.port import Simulator
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.simulator.text import ERRCODES, GROUPS, fault_text, remaining_text
from wxdesk.ui.widgets.boxes import STRETCH, ColumnScroll, Frame, extend, hbox, vbox
from wxdesk.ui.widgets.buttons import Switch
from wxdesk.ui.widgets.fields.choice import ChoiceField
from wxdesk.ui.widgets.labels import PlainLabel, heading
from wxdesk.ui.wording.times import span_text

LATE = frozenset({FaultKind.LATENCY, FaultKind.DELAY})
SECONDS = (1, 3, 8, 30)
SHORTEST = 6
"""Letters of a long sentence that a narrow field still shows."""


class FaultRow(QWidget):
    """One switch with its sentence and, if needed, a small field."""

    def __init__(self, kind: FaultKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.switch = Switch(parent=self)
        self.switch.setAccessibleName(fault_text(kind))
        self.state = PlainLabel(size=Size.CAPTION, role="pending", strong=True, parent=self)
        self.seconds: ChoiceField | None = None
        if kind in LATE:
            spans = [(seconds, span_text(timedelta(seconds=seconds))) for seconds in SECONDS]
            self.seconds = ChoiceField(self, tr("How many seconds"), spans)
            self.seconds.show_value(8 if kind is FaultKind.LATENCY else 3)
        self.errcode: ChoiceField | None = None
        if kind is FaultKind.ERRCODE:
            errors = [(code, f"{code} · {tr(meaning_of(code))}") for code in ERRCODES]
            self.errcode = ChoiceField(self, tr("Which error"), errors, shortest=SHORTEST)
        words = PlainLabel(fault_text(kind), wrap=True, parent=self)
        first = hbox((words, 1), self.seconds, self.switch, spacing=10)
        vbox(first, self.errcode, self.state, within=self, spacing=4, margins=(0, 4, 0, 4))
        self.state.hide()

    def fault(self, times: int | None) -> SimulatedFault:
        """Return the fault to plan, with the values of the fields."""
        call = "push" if self.kind in FOR_PUSHES else "send"
        errcode = self.errcode.value if self.errcode is not None else 0
        milliseconds = 1000 * self.seconds.value if self.seconds is not None else 0
        return SimulatedFault(self.kind, call, times, errcode, milliseconds)

    def show_active(self, active: SimulatedFault | None) -> None:
        """Show if the fault is planned, and its remaining times."""
        self.switch.setChecked(active is not None)
        self.state.show_if_any(remaining_text(active) if active is not None else "")


class FaultPanel(Frame):
    """All switches, and the number of times a fault happens once it is switched on."""

    def __init__(self, bridge: Bridge, simulator: Simulator, parent: QWidget) -> None:
        super().__init__("side", parent)
        self._bridge = bridge
        self._simulator = simulator
        self.rows = {kind: FaultRow(kind, self) for kinds in GROUPS.values() for kind in kinds}
        how_often = [(1, tr("once")), (3, tr("three times")), (None, tr("until switched off"))]
        self.often = ChoiceField(self, tr("How often it happens"), how_often, shortest=SHORTEST)
        for row in self.rows.values():
            row.switch.turned.connect(partial(self._turn, row))
        self._lay_out()

    def show_active(self, faults: tuple[SimulatedFault, ...]) -> None:
        """Show which faults are planned."""
        active = {one.kind: one for one in faults}
        for kind, row in self.rows.items():
            row.show_active(active.get(kind))

    def _turn(self, row: FaultRow, on: bool) -> None:
        if on:
            self._bridge.ask(self._simulator.switch_on(row.fault(self.often.value)))
        else:
            self._bridge.ask(self._simulator.switch_off(row.kind))

    def _lay_out(self) -> None:
        content = Frame("panel")
        often = vbox(PlainLabel(tr("What goes wrong happens"), role="secondary"), self.often, spacing=4)
        column = vbox(often, within=content, spacing=2, margins=(16, 14, 16, 16))
        for title, kinds in GROUPS.items():
            extend(column, 12, heading(tr(title)), *(self.rows[kind] for kind in kinds))
        extend(column, STRETCH)
        vbox(ColumnScroll(self, content), within=self)
