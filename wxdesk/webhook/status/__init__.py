"""Status of a server: health and figures over HTTP, signs of life to systemd.

Imported by `runner`; imports `desk` and layers below.
"""
