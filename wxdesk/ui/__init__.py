"""The desktop window for operators, made with PySide6."""
