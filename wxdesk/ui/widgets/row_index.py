"""The two kinds of index by which Qt names a row of a list."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex

type Index = QModelIndex | QPersistentModelIndex
