"""Reports: statistics for the insights page and traces for the traffic page."""

from wxdesk.store.reports.exports import ExportedConversations, Exports, ReadPicture
from wxdesk.store.reports.hourly import HourlySums
from wxdesk.store.reports.statistics import Statistics
from wxdesk.store.reports.traces import Traces

__all__ = ["ExportedConversations", "Exports", "HourlySums", "ReadPicture", "Statistics", "Traces"]
