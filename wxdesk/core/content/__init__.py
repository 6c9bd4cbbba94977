"""Content of messages: limits, variables, links, direction, picture headers."""
