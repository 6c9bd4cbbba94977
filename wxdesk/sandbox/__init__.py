"""A WeChat that runs on this machine: the platform's API, its pushes and a few customers."""
