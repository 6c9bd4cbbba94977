"""Parts of the stories that campaigns use as well."""

from tests.flow.conftest import sandbox

__all__ = ["sandbox"]
