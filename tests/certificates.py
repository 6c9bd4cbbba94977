"""Certificates as servers have them, right and wrong, made anew for each test run."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

NAME = "desk.example.com"


@dataclass(frozen=True)
class Party:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


class Authority:
    """A root with one intermediate below it; `roots` is the file with the root, for those who trust it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.root = _certificate("Test root", None, is_ca=True)
        self.intermediate = _certificate("Test intermediate", self.root, is_ca=True)
        self.roots = folder / "roots.pem"
        self.roots.write_bytes(self.root.pem)

    def context(
        self,
        name: str = NAME,
        *,
        days: int = 30,
        chain: bool = True,
        public: bool = True,
        minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    ) -> ssl.SSLContext:
        """A server's context. `chain`: it sends the intermediate. `public`: the certificate names its issuer's."""
        leaf = _certificate(name, self.intermediate, days=days, issuer_url=public)
        return self._context([leaf, self.intermediate] if chain else [leaf], leaf, minimum)

    def self_signed(self, name: str = NAME) -> ssl.SSLContext:
        """The context of a server that signed for itself."""
        leaf = _certificate(name, None)
        return self._context([leaf], leaf)

    def _context(
        self, chain: list[Party], leaf: Party, minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    ) -> ssl.SSLContext:
        file = self._folder / f"server-{leaf.certificate.serial_number}.pem"
        key = leaf.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(key + b"".join(party.pem for party in chain))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = minimum
        context.load_cert_chain(file)
        return context


def _certificate(
    name: str, issuer: Party | None, *, is_ca: bool = False, days: int = 30, issuer_url: bool = False
) -> Party:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    signer = issuer.key if issuer else key
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if is_ca:
        names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
        usage = dict.fromkeys((*names, "encipher_only", "decipher_only"), False)
        builder = builder.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
    else:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    if issuer_url:
        where = x509.UniformResourceIdentifier("http://authority.example/intermediate.crt")
        access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where)
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    return Party(builder.sign(signer, hashes.SHA256()), key)
