"""Simulated WeChat on this machine: its API, its pushes and a few customers.

Order of modules: server > control | api > simulated_wechat > push > platform.
"""
