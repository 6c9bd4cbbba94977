"""WeChat's customer-service API over HTTP: tokens, replies, typing and media."""
