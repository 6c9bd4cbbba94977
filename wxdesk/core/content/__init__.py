"""Content of messages: limits, variables, links, direction, picture headers.

Imported by `core.replies` and the rooms above it, and by all other layers; imports `core.normalise`,
`core.wechat`, `core.model` and `core.errors`.
"""
