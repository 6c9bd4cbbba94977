"""Room 1 of 5, messages arrive: WeChat's pushes over HTTP, checked, decrypted and parsed."""
