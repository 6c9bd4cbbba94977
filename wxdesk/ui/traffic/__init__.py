"""The page that shows what went over the wire: requests from WeChat, calls to it, and what became of each."""
