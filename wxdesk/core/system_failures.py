"""Operator's wording of system errors, whose own text is in the system's language."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from wxdesk.core.errors import BadInput, Phrase

NO_FILE = "there is no such file or folder"
NOT_ALLOWED = "this user may not use it"
READ_ONLY_DISK = "this disk can only be read: choose another folder"
FULL_DISK = "the disk is full: make room on it"
IS_FOLDER = "that is a folder"
NO_PLAIN_FILE = "that is a pipe or a device, not a file: remove it"
NO_FOLDER = "a file stands where a folder has to be"
NO_FOLDER_FOR_IT = "the folder for it does not exist"
NO_TEXT = "it is not text in UTF-8"
UNUSABLE = "it cannot be read or written"

_FILES = {
    errno.ENOENT: NO_FILE,
    errno.EACCES: NOT_ALLOWED,
    errno.EPERM: NOT_ALLOWED,
    errno.EROFS: READ_ONLY_DISK,
    errno.ENOSPC: FULL_DISK,
    errno.EISDIR: IS_FOLDER,
    errno.ENOTDIR: NO_FOLDER,
    errno.EEXIST: NO_FOLDER,
}

TAKEN = "another program uses it"
NO_ADDRESS = "this machine has no such address"
NOT_LET = "this machine does not let the program listen there"

NOT_REACHED = "WeChat cannot be reached"
NAME_UNKNOWN = "WeChat cannot be reached: its name leads to no address"
PROXY_REFUSES = "WeChat cannot be reached: the proxy does not let it through"
FOREIGN_CERTIFICATE = "WeChat cannot be reached: the certificate shown there is not WeChat's"

_WINDOWS_TAKEN, _WINDOWS_FORBIDDEN = 10048, 10013

_ADDRESSES = {
    errno.EADDRINUSE: TAKEN,
    _WINDOWS_TAKEN: TAKEN,
    errno.EACCES: NOT_LET,
    errno.EPERM: NOT_LET,
    _WINDOWS_FORBIDDEN: NOT_LET,
}


class UnusableFile(BadInput):
    """A file or folder that a person named cannot be read or written."""

    template = "{file}: {reason}"


def unusable_file(file: object, error: OSError | UnicodeError, *, new: bool = False) -> UnusableFile:
    """Return the error for a file or folder named `file` with which `error` happened.

    `new`: it was to be made, so that nobody expects it to be there.
    """
    if isinstance(error, UnicodeError):
        return UnusableFile(file=str(file), reason=NO_TEXT)
    if new and error.errno == errno.ENOENT:
        return UnusableFile(file=str(file), reason=NO_FOLDER_FOR_IT)
    return UnusableFile(file=str(file), reason=why_unusable(error))


@contextmanager
def naming_file(file: object, *, new: bool = False) -> Iterator[None]:
    """Raise the error of `unusable_file` for `file` where using it fails in the body."""
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        raise unusable_file(file, error, new=new) from None


def why_unusable(error: OSError) -> str:
    """Return the reason why a file or folder cannot be used, an English sentence."""
    return _FILES.get(error.errno or 0, UNUSABLE)


def why_not_listening(error: OSError) -> str:
    """Return the reason why an address cannot be listened at, an English sentence."""
    return _ADDRESSES.get(error.errno or 0, NO_ADDRESS)


def not_our_address(error: OSError, host: str) -> str | Phrase:
    """Return the reason why the listener cannot have `host`, with what to write."""
    if why_not_listening(error) == NO_ADDRESS:
        sentence = "This machine has no address {host}: write 127.0.0.1. The public name belongs in public_url."
        return Phrase(sentence, host=host)
    return "This machine does not let the program listen there."
