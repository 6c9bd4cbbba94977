"""A desktop console for the customer service of WeChat mini programs.

Holds the version only; every module is imported by its own path.
"""

__version__ = "0.2.0"
