"""WeChat's contract: errcodes, quota, session_from, emoticon codes, credentials."""
