"""Simulated WeChat on this machine: its API, its pushes and a few customers.

Imported by `commands` and `cli`; imports `ui.simulator.port`, `webhook`, `desk` and below. Order of
modules: server > control | api > simulated_wechat > push > platform.
"""
