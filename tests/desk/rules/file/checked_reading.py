"""Reads a rules file as the desk does, but on no desk: templates and pictures are taken on trust."""

from wxdesk.core.rules.faults import find_faults
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.rules.file import reading
from wxdesk.desk.rules.file.reading import RulesFile
from wxdesk.desk.rules.patterns import compile_pattern


def read_rules(text: str, file_name: str) -> RulesFile:
    mistakes = LiquidRenderer().mistakes
    return reading.read_rules(
        text, file_name, lambda rule, calendars: find_faults(rule, compile_pattern, mistakes, calendars)
    )
