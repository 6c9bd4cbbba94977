"""The desktop window for operators, made with PySide6.

Imported by the sandbox and by the layers above it; imports the desk and the core. Its rooms, top down:
`window`, `notifications`, `shell`, the pages, `presence`, `editing`, `content`, `widgets`, `wording`,
`runtime`, `look`.
"""
