"""Sign the notice of a version for desks: python installers/notice.py VERSION ENGLISH CHINESE > wxdesk.json.

The publisher's Ed25519 key stands in the environment as WXDESK_NOTICE_KEY, 32 bytes in base64; without it one is made
and both halves are printed. Desks know the public one from `[updates] key`.
"""

import base64
import json
import os
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def signed(key: Ed25519PrivateKey, version: str, english: str, chinese: str) -> bytes:
    """Return the file; what is signed stands in it as a text, byte for byte."""
    notice = json.dumps({"version": version, "en": english, "zh_CN": chinese}, ensure_ascii=False)
    signature = base64.b64encode(key.sign(notice.encode())).decode()
    return json.dumps({"notice": notice, "signature": signature}, ensure_ascii=False).encode()


def main() -> None:
    kept = os.environ.get("WXDESK_NOTICE_KEY")
    if not kept:
        new = Ed25519PrivateKey.generate()
        public, private = new.public_key().public_bytes_raw(), new.private_bytes_raw()
        sys.exit(f"public: {base64.b64encode(public).decode()}\nprivate: {base64.b64encode(private).decode()}")
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept))
    version, english, chinese = sys.argv[1:4]
    sys.stdout.buffer.write(signed(key, version, english, chinese))


if __name__ == "__main__":
    main()
