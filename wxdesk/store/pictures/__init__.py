"""Pictures: bytes, records, uploads, and pictures that messages still await."""

from wxdesk.store.pictures.files import PictureFiles
from wxdesk.store.pictures.pictures import PictureRecords
from wxdesk.store.pictures.shared import SharedPictures

__all__ = ["PictureBytes", "PictureFiles", "PictureRecords", "SharedPictures"]

type PictureBytes = PictureFiles | SharedPictures
"""Bytes of kept pictures by digest: files of this machine, or rows of a team."""
