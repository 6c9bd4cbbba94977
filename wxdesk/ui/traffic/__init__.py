"""Traffic page: requests from WeChat, calls to it, and the outcome of each."""
