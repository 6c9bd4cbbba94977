"""TLS as a plain program does it: OpenSSL, bundled roots, nothing fetched.

A browser, and any library that asks the system (truststore), mends a chain with a missing certificate by
itself on Windows and macOS; WeChat does not, and its operator sees only "Token 校验失败".
"""

import ssl
from functools import cache

import certifi
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from wxdesk.core.setup.verdicts import CheckVerdict

_EXPIRED = {9, 10}  # X509_V_ERR_CERT_NOT_YET_VALID, …_HAS_EXPIRED
_SELF_SIGNED = {18, 19}  # …_DEPTH_ZERO_SELF_SIGNED_CERT, …_SELF_SIGNED_CERT_IN_CHAIN
_NO_ISSUER = {20, 21}  # …_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, …_UNABLE_TO_VERIFY_LEAF_SIGNATURE
_OTHER_NAME = {62, 64}  # …_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH


@cache
def checking_context(
    roots: str | None = None, newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED
) -> ssl.SSLContext:
    """Make a context that checks chain and name by the bundled roots and `roots`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certifi.where())
    if roots is not None:
        context.load_verify_locations(roots)
    context.maximum_version = newest
    return context


def blind_context() -> ssl.SSLContext:
    """Make a context that checks nothing, to look at a refused certificate only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def verdict_on_refusal(error: ssl.SSLCertVerificationError) -> CheckVerdict:
    """Name the reason of a refused certificate; no known issuer is a gap in the chain."""
    code = error.verify_code
    if code in _EXPIRED:
        return CheckVerdict.CERTIFICATE_EXPIRED
    if code in _OTHER_NAME:
        return CheckVerdict.CERTIFICATE_OTHER_NAME
    if code in _SELF_SIGNED:
        return CheckVerdict.CERTIFICATE_SELF_SIGNED
    return CheckVerdict.CHAIN_INCOMPLETE if code in _NO_ISSUER else CheckVerdict.TLS_FAILED


def names_its_issuer(certificate: bytes) -> bool:
    """Tell if a certificate (DER) says where its issuer's is, as all public ones do.

    One that does not was made at home, so no chain will ever lead to a root that WeChat knows.
    """
    try:
        found = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(
            x509.AuthorityInformationAccess
        )
    except (ValueError, x509.ExtensionNotFound):
        return False
    return any(one.access_method == AuthorityInformationAccessOID.CA_ISSUERS for one in found.value)
