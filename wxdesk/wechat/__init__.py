"""Room 4 of 5, replies leave: WeChat's customer-service API over HTTP."""
