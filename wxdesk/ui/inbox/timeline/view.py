"""The timeline on the screen, with the actions of mouse and keys."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QEvent, QKeyCombination, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QCursor, QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent

from wxdesk.desk.ports import Clock
from wxdesk.i18n import tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.pieces import LinkSpan, PicturePiece
from wxdesk.ui.inbox.lists import is_fresh
from wxdesk.ui.inbox.timeline.anchored_view import AnchoredView
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, BubbleKey, buttons_in, offers_in
from wxdesk.ui.inbox.timeline.bubbles.delegate import BUBBLES, Target
from wxdesk.ui.inbox.timeline.bubbles.layout import openable_in, picture_of
from wxdesk.ui.inbox.timeline.dialogs import LinkDialog
from wxdesk.ui.inbox.timeline.entries import TimelineEntry
from wxdesk.ui.inbox.timeline.model import TimelineModel
from wxdesk.ui.look.keys import ENTER, is_pressed
from wxdesk.ui.widgets.buttons import Menu
from wxdesk.ui.widgets.labels import announce, literal
from wxdesk.ui.widgets.row_list import RECORD, Index
from wxdesk.ui.wording.messages import first_words, parts_to_copy

type KeyEffect = tuple[BubbleKey, BubbleAction | None]
"""A key and its action; Enter with None opens what the bubble holds."""


class KeyGuard:
    """Follows the entries of one conversation.

    A reply changes its state by itself: its time is over, WeChat refuses it, its answer never comes. A key
    pressed in that moment was meant for the state before. Actions of a new entry, and those that stay, can be
    used at once; so can stopping a reply that comes back from a failed attempt: the key meant nothing else since.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[str, TimelineEntry] = {}
        self._since: dict[str, dict[KeyEffect, datetime]] = {}
        self._stops: dict[str, dict[BubbleKey, KeyEffect]] = {}  # the last effect of each key, where it stops a reply

    def follow(self, entries: Iterable[TimelineEntry]) -> None:
        """Take in the present entries."""
        former, self._entries = self._entries, {entry.key: entry for entry in entries}
        now = self._clock()
        for key, entry in self._entries.items():
            before, effects = former.get(key), _key_effects(entry)
            if before is not None and before is not entry:
                known, fresh = self._since.get(key, {}), effects - _key_effects(before)
                self._since[key] = {effect: at for effect, at in known.items() if effect in effects}
                self._since[key] |= dict.fromkeys(fresh - set(self._stops[key].values()), now)
            self._remember_stops(key, effects)

    def _remember_stops(self, key: str, effects: set[KeyEffect]) -> None:
        stops = self._stops.setdefault(key, {})
        for effect in effects:
            if effect[1] in _STOPPING:
                stops[effect[0]] = effect
            else:
                stops.pop(effect[0], None)

    def focus_moved_to(self, key: str) -> None:
        """Block all actions of an entry that got the focus without the operator."""
        entry = self._entries.get(key)
        if entry is not None:
            self._since[key] = dict.fromkeys(_key_effects(entry), self._clock())

    def forget(self) -> None:
        """Forget all entries; another conversation begins."""
        self._entries.clear()
        self._since.clear()
        self._stops.clear()

    def means(self, entry: TimelineEntry, action: BubbleAction) -> bool:
        """Return True if `entry` has offered this action long enough."""
        return any(offer.action is action and self._readable(entry, (offer.key, action)) for offer in offers_in(entry))

    def opens(self, entry: TimelineEntry) -> bool:
        """Return True if Enter may open what `entry` holds."""
        return _OPENS in _key_effects(entry) and self._readable(entry, _OPENS)

    def _readable(self, entry: TimelineEntry, effect: KeyEffect) -> bool:
        since = self._since.get(entry.key, {}).get(effect)
        return since is None or not is_fresh(since, self._clock())


_STOPPING = frozenset({BubbleAction.STOP, BubbleAction.UNDO})

_OPENS: KeyEffect = (BubbleKey.ENTER, None)


def _key_effects(entry: TimelineEntry) -> set[KeyEffect]:
    offered: set[KeyEffect] = {(offer.key, offer.action) for offer in offers_in(entry)}
    return offered if any(key is BubbleKey.ENTER for key, _ in offered) else offered | {_OPENS}


_KEYS = {Qt.Key.Key_Return: BubbleKey.ENTER, Qt.Key.Key_Enter: BubbleKey.ENTER, Qt.Key.Key_Escape: BubbleKey.ESC}
_CHOSEN = (BubbleKey.CTRL_D, BubbleKey.CTRL_E, BubbleKey.CTRL_T, BubbleKey.CTRL_O, BubbleKey.CTRL_R)
_COMMAND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier

_QUOTE = QKeyCombination(Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, Qt.Key.Key_C)

_CHANGES_NOTHING = frozenset({BubbleAction.WHY, BubbleAction.SEE_SINCE, BubbleAction.COPY_RID, BubbleAction.REUSE})
"""Actions that change no reply, and are therefore never too early."""

_LONGEST = 32
"""Most characters of a link's label in a menu."""


class TimelineView(AnchoredView):
    """The open conversation.

    Signals:
        acted: an action (`BubbleAction`) and the entry's key.
        missed: a command of a menu, in words, that came too late for the reply with this key.
        picture_wanted: the digest of a picture to show.
        picture_copied: the digest of a picture to copy.
        quoted: a text to quote in the reply.
        picked: the key of the bubble in focus; empty for none.
        left_below: the cursor went down from the last bubble.
    """

    acted = Signal(object, str)
    missed = Signal(str, str)
    picture_wanted = Signal(str)
    picture_copied = Signal(str)
    quoted = Signal(str)
    picked = Signal(str)
    left_below = Signal()

    _lent = False

    def __init__(self, model: TimelineModel, album: Album) -> None:
        super().__init__(model, album)
        self._pressed: tuple[str, Target] | None = None
        self._key_guard = KeyGuard(model.clock)
        self._lent_at = model.clock()
        self._focused = ""  # before the present change
        model.changing.connect(self._note_focus)
        model.changed.connect(self._follow)
        model.told.connect(partial(announce, self))
        model.modelReset.connect(self._key_guard.forget)

    def _note_focus(self) -> None:
        self._focused = self.focused_key

    def _follow(self) -> None:
        """Tell the key guard about changed entries and a focus that moved by itself."""
        self._key_guard.follow(self._timeline.rows())
        focused = self.focused_key
        if focused != self._focused:
            self._key_guard.focus_moved_to(focused)
        self._show_keys()

    def lend_keys(self, lent: bool) -> None:
        """Let an empty reply that has the focus use the keys of the last bubble that asks."""
        self._lent = lent
        self._show_keys()

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key of the empty reply means to that bubble, if it is in sight."""
        entry = self._timeline.record(self.bubbles.keyed) if self._lent else None
        if entry is None or is_fresh(self._lent_at, self._timeline.clock()):
            return False
        place = self.visualRect(self._timeline.index(self._timeline.row_of(entry.key)))
        in_sight = self.viewport().rect().intersects(place)
        return in_sight and self._press_offer(event, entry)

    def _show_keys(self) -> None:
        """Draw keys on the bubble that they work on."""
        keyed = self.focused_key
        if not self.hasFocus():
            asking = (entry.key for entry in reversed(self._timeline.rows()) if buttons_in(entry))
            keyed = next(asking, "") if self._lent else ""
            if keyed != self.bubbles.keyed:
                self._lent_at = self._timeline.clock()
        if keyed != self.bubbles.keyed:
            self.bubbles.keyed = keyed
            self.viewport().update()

    def _entry_at(self, at: QPoint) -> tuple[TimelineEntry, Target | None] | None:
        index = self.indexAt(at)
        entry: TimelineEntry | None = index.data(RECORD)
        if entry is None or entry.kind not in BUBBLES:
            return None
        return entry, self.bubbles.target_at(entry, QPointF(at - self.visualRect(index).topLeft()))

    def _hot(self, at: QPoint) -> tuple[str, Target] | None:
        found = self._entry_at(at)
        return None if found is None or found[1] is None else (found[0].key, found[1])

    def _hover(self, hot: tuple[str, Target] | None) -> None:
        if hot != self.bubbles.hovered:
            self.bubbles.hovered = hot
            self.viewport().setCursor(QCursor(Qt.CursorShape.PointingHandCursor) if hot else QCursor())
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._hot(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = self._hot(event.position().toPoint())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        if pressed is not None and pressed == self._hot(event.position().toPoint()):
            self._press(*pressed)

    def _press(self, key: str, target: Target) -> None:
        if isinstance(target, LinkSpan):
            LinkDialog(target.link, self).open()
        elif isinstance(target, PicturePiece):
            self.picture_wanted.emit(target.digest)
        else:
            self._act(target, key)

    def _act(self, action: BubbleAction, key: str, chosen: str = "") -> None:
        """Do the action, unless the bubble offers it no more or not long enough.

        `chosen` are its words in a menu, which may have been open for long.
        """
        entry = self._timeline.record(key)
        if action in _CHANGES_NOTHING or (entry is not None and self._key_guard.means(entry, action)):
            self.acted.emit(action, key)
        elif chosen:
            self.missed.emit(chosen, key)

    @property
    def _current(self) -> TimelineEntry | None:
        entry: TimelineEntry | None = self.currentIndex().data(RECORD)
        return entry

    @property
    def focused_key(self) -> str:
        """Key of the entry in focus; empty for none."""
        return "" if self._current is None else self._current.key

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802
        super().currentChanged(current, previous)
        self._show_keys()
        self.picked.emit(self.focused_key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and event.reason() is not Qt.FocusReason.MouseFocusReason:
            self.focus_last()
        self._show_keys()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_keys()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.keyCombination() == _QUOTE and self._current is not None:
            self.quoted.emit(self._current.text)
        elif self._ask_why(event) or self._press_offer(event, self._current) or self._open_first(event):
            return
        elif event.key() == Qt.Key.Key_Down and self.currentIndex().row() == self._timeline.rowCount() - 1:
            self.left_below.emit()
        else:
            super().keyPressEvent(event)

    def _ask_why(self, event: QKeyEvent) -> bool:
        key = self.focused_key
        enter = event.key() in ENTER
        if not key or not enter or not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        self.acted.emit(BubbleAction.WHY, key)
        return True

    def _press_offer(self, event: QKeyEvent, entry: TimelineEntry | None) -> bool:
        key = _key_of(event)
        if entry is None or key is None:
            return False
        for offer in offers_in(entry):
            if offer.key is key:
                if not event.isAutoRepeat():  # a key held down must not go on with the next bubble
                    self._act(offer.action, entry.key)
                return True
        return False

    def _open_first(self, event: QKeyEvent) -> bool:
        """Open the picture or first link on Enter, if the bubble has no action for it."""
        entry = self._current
        if entry is None or _key_of(event) is not BubbleKey.ENTER:
            return False
        held = openable_in(entry)
        if held and self._key_guard.opens(entry):
            self._press(entry.key, held[0])
        return bool(held)

    def copy(self) -> None:
        """Copy the focused bubble's text, or its picture."""
        entry = self._current
        if entry is None:
            return
        picture = picture_of(entry)
        if picture is not None:
            self.picture_copied.emit(picture.digest)
        else:
            QGuiApplication.clipboard().setText(entry.text)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        at = self.visualRect(self.currentIndex()).center() if by_key else event.pos()
        found = self._entry_at(at)
        if found is None:
            return
        entry = found[0]
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Copy"), self.copy)
        if entry.text:
            menu.addAction(tr("Quote in the reply"), partial(self.quoted.emit, entry.text))
        for part in parts_to_copy(entry.text):
            words = tr("Copy “{text}”", text=literal(first_words(part, _LONGEST)))
            menu.addAction(words, partial(QGuiApplication.clipboard().setText, part))
        for held in openable_in(entry):
            label = None if isinstance(held, PicturePiece) else literal(first_words(held.link.label, _LONGEST))
            words = tr("Look at the picture") if label is None else tr("Open “{text}”", text=label)
            menu.addAction(words, partial(self._press, entry.key, held))
        if entry.reply is not None:
            for offer in offers_in(entry):
                menu.addAction(offer.text, partial(self._act, offer.action, entry.key, offer.text))
            if entry.reply.rid:
                menu.addAction(tr("Copy rid"), partial(self._act, BubbleAction.COPY_RID, entry.key))
        why = tr("Why") if entry.reply is None else tr("Why and what happened")
        menu.addAction(why, partial(self._act, BubbleAction.WHY, entry.key))
        menu.popup(self.viewport().mapToGlobal(at))


def _key_of(event: QKeyEvent) -> BubbleKey | None:
    fixed = None if event.modifiers() & _COMMAND else _KEYS.get(Qt.Key(event.key()))
    return fixed or next((key for key in _CHOSEN if is_pressed(event, key.value)), None)
