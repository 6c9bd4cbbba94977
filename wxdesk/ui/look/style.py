"""The one style sheet of the application, made from the theme.

A widget asks for a look by its dynamic property `class`: `window`, `panel`, `header` (a panel with a line
below), `side` (a panel with a line on its left), `card`, `well` (a sunken ground for examples and code),
`line` (a rule of one pixel), `list` (a view without a frame), `pending` and `failed` (tinted cards), `flat`
(no ground). Buttons add `kind`, chips are `chip`. Nothing here touches labels: they carry their own colour.
"""

from dataclasses import asdict
from string import Template

from wxdesk.ui.look.theme import Measure, Theme


def style_sheet(theme: Theme) -> str:
    """Return the style sheet in the colours of `theme`."""
    values = asdict(theme.colors) | {"radius": f"{Measure.RADIUS}px"}
    return Template(_SURFACES + _BUTTONS + _FIELDS + _VIEWS + _REST).substitute(values)


_SURFACES = """
*[class="window"] { background: $window; }
*[class="flat"] { background: transparent; border: none; }
*[class="panel"] { background: $panel; border: none; }
*[class="header"] { background: $panel; border: none; border-bottom: 1px solid $line; }
*[class="footer"] { background: $panel; border: none; border-top: 1px solid $line; }
*[class="side"] { background: $panel; border: none; border-left: 1px solid $line; }
*[class="list-side"] { background: $panel; border: none; border-right: 1px solid $line; }
*[class="rail"] { background: $rail; border: none; border-right: 1px solid $line; }
*[class="card"] { background: $panel; border: 1px solid $line; border-radius: $radius; }
QFrame[class="card"]:focus { border: 1px solid $accent; }
*[class="well"] { background: $window; border: 1px solid $line; border-radius: $radius; }
*[class="pending"] { background: $pending_tint; border: 1px solid $pending_line; border-radius: $radius; }
*[class="failed"] { background: $failed_tint; border: 1px solid $failed; border-radius: $radius; }
*[class="bar-pending"] { background: $pending_tint; border: none; border-bottom: 1px solid $pending_line; }
*[class="bar-failed"] { background: $failed_tint; border: none; border-bottom: 1px solid $failed; }
*[class="bar-quiet"] { background: $panel; border: none; border-bottom: 1px solid $line; }
*[class="toast"] { background: $text; border: none; border-radius: $radius; }
*[class="line"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
"""

_BUTTONS = """
QPushButton[kind] { border: 1px solid transparent; border-radius: $radius; padding: 5px 12px; min-height: 18px; }
QPushButton[class="small"] { padding: 1px 8px; border-radius: 6px; min-height: 18px; }
QPushButton[kind="quiet"] { background: $panel; border-color: $line; color: $text; }
QPushButton[kind="quiet"]:hover { background: $hover; }
QPushButton[kind="quiet"]:pressed, QPushButton[kind="quiet"]:checked { background: $chip; }
QPushButton[kind="primary"] { background: $accent_fill; border-color: $accent_fill; color: $on_accent; }
QPushButton[kind="primary"]:hover { border-color: $accent; }
QPushButton[kind="primary"]:pressed { background: $accent; border-color: $accent; }
QPushButton[kind="primary"]:disabled { background: $accent_tint; border-color: $accent_tint; color: $faint; }
QPushButton[kind="danger"] { background: $panel; border-color: $failed; color: $failed; }
QPushButton[kind="danger"]:hover { background: $failed_tint; }
QPushButton[kind="danger"]:pressed { background: $failed_tint; border-color: $failed; }
QPushButton[kind="link"] { background: transparent; color: $accent; padding: 2px 0; min-height: 16px;
    border-radius: 4px; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[class="on-toast"] { color: $window; text-decoration: underline; font-weight: 600; }
QPushButton[kind]:focus { border: 1px solid $accent; }
QPushButton[kind="primary"]:focus { border: 1px solid $text; }
QPushButton[kind="quiet"]:disabled, QPushButton[kind="danger"]:disabled, QPushButton[kind="link"]:disabled
    { color: $faint; border-color: $line; }
QPushButton[kind="link"]:disabled { border-color: transparent; }
QPushButton::menu-indicator { width: 0; }
QPushButton[class="chip"] { background: $chip; color: $secondary; border: 1px solid transparent; border-radius: 12px;
    padding: 0 10px; min-height: 22px; max-height: 22px; }
QPushButton[class="chip"][snug="true"] { padding: 0 6px; }
QPushButton[class="chip"]:hover { color: $text; }
QPushButton[class="chip"]:checked { background: $accent_tint; color: $accent; }
QPushButton[class="chip"]:focus { border: 1px solid $accent; }
QPushButton[class="chip"]:disabled { color: $faint; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px;
    color: $secondary; }
QToolButton:hover { background: $hover; color: $text; }
QToolButton:pressed, QToolButton:checked { background: $chip; }
QToolButton:focus { border: 1px solid $accent; }
QToolButton::menu-indicator { image: none; }
"""

_FIELDS = """
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDateTimeEdit {
    background: $panel; color: $text; border: 1px solid $line; border-radius: $radius; padding: 5px 10px;
    selection-background-color: $accent_fill; selection-color: $on_accent; placeholder-text-color: $faint; }
QLineEdit, QComboBox, QSpinBox, QDateTimeEdit { min-height: 20px; }
QLineEdit[class="search"] { background: $window; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDateTimeEdit:focus
    { border: 1px solid $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled, QComboBox:disabled, QSpinBox:disabled
    { color: $faint; background: $window; }
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] { border: 1px solid $failed; }
QPlainTextEdit[class="flat"], QTextEdit[class="flat"], QLineEdit[class="flat"] { border: none; padding: 0; }
QPlainTextEdit[class="well"], QTextEdit[class="well"] { background: $window; border: 1px solid $line; }
QComboBox::drop-down, QDateTimeEdit::drop-down { border: none; width: 22px; }
QComboBox QAbstractItemView { background: $panel; color: $text; border: 1px solid $line; padding: 4px; outline: none;
    selection-background-color: $selection; selection-color: $text; }
QCheckBox, QRadioButton { color: $text; spacing: 8px; border-radius: 4px; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
"""

_VIEWS = """
QAbstractItemView { background: $panel; color: $text; border: none; outline: none;
    selection-background-color: $selection; selection-color: $text; }
QAbstractItemView[class="window"] { background: $window; }
QAbstractItemView[class="card"] { border: 1px solid $line; border-radius: $radius; }
QListWidget[class="card"]::item { padding: 0 10px; }
QHeaderView { background: $panel; border: none; }
QHeaderView::section { background: $panel; color: $secondary; border: none; border-bottom: 1px solid $line;
    padding: 8px 14px; font-weight: 600; }
QTableView { gridline-color: $line; }
QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 3px; border: 2px solid transparent; }
QScrollBar::handle:vertical { min-height: 32px; margin: 2px; }
QScrollBar::handle:horizontal { min-width: 32px; margin: 2px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""

_REST = """
QDialog { background: $panel; }
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 4px 6px; }
QMenu { background: $panel; color: $text; border: 1px solid $line; border-radius: $radius; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 6px; }
QMenu::item:selected { background: $hover; color: $text; }
QMenu::item:disabled { color: $secondary; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QSplitter::handle { background: $panel; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QProgressBar { background: $line; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent_fill; border-radius: 2px; }
"""
