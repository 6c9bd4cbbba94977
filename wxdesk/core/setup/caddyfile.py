"""Caddyfile for the operator's server: HTTPS with a certificate that renews."""


def caddyfile(domain: str, remote_port: int) -> str:
    """Write the file that leads `domain` to the port opened by the SSH server."""
    return f"{domain} {{\n\treverse_proxy 127.0.0.1:{remote_port}\n}}\n"
