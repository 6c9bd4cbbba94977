"""wxdesk: a desktop console for the customer service of WeChat mini programs."""

__version__ = "0.1.0"
