"""The local signing identity: a key of this installation and a certificate chain that says so, made on first use.

The certificates follow the profile of C2PA 2.x for signers (ECDSA P-256, key usage digitalSignature, extended key usage
emailProtection). Nobody vouches for them: a clip signed with them is intact and untrusted. The key of the chain's own
authority signs one certificate and is thrown away.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vitascope.errors import SigningFailed

KEY_FILE = "key.pem"
CHAIN_FILE = "chain.pem"
_YEARS = 20


@dataclass(frozen=True)
class Identity:
    """Who signs: the certificate's common name, the chain (leaf first) and the private key, both PEM."""

    name: str
    chain_pem: bytes
    key_pem: bytes = field(repr=False)


def load_or_create(folder: Path) -> Identity:
    """The identity in `folder`, made there when there is none (folder 0700, key 0600).

    Two processes that make it at once end with the same one. Raises `SigningFailed` where the folder cannot be written,
    a file is missing or damaged, or others may read the key.
    """
    try:
        if not _is_complete(folder):
            _create(folder)
        return _load(folder)
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise SigningFailed(f"The signing identity in {folder} cannot be used: {error}") from error


def _is_complete(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _load(folder: Path) -> Identity:
    for name in (KEY_FILE, CHAIN_FILE):
        if not (folder / name).is_file():
            raise SigningFailed(
                f"{folder} has files but no {name}. Bring it back, or move the folder away to get a new identity."
            )
    mode = stat.S_IMODE((folder / KEY_FILE).stat().st_mode)
    if mode & 0o077:
        raise SigningFailed(f"{folder / KEY_FILE} has mode {mode:04o}, so that others may read it; make it 0600.")
    key_pem, chain_pem = (folder / KEY_FILE).read_bytes(), (folder / CHAIN_FILE).read_bytes()
    certificate = x509.load_pem_x509_certificates(chain_pem)[0]
    key = load_pem_private_key(key_pem, password=None)
    if key.public_key() != certificate.public_key():
        raise SigningFailed(f"{folder / KEY_FILE} is not the key of the first certificate in {CHAIN_FILE}.")
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Identity(str(names[0].value) if names else "unnamed", chain_pem, key_pem)


def _create(folder: Path) -> None:
    """Make a whole identity beside `folder` and rename it there: the rename fails where another process was first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".identity-", dir=folder.parent))
    try:
        identity = _new_identity()
        _write_private(draft / KEY_FILE, identity.key_pem)
        _write_private(draft / CHAIN_FILE, identity.chain_pem)
        with suppress(FileExistsError):
            _rename(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _rename(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError as error:
        if not _is_complete(folder):
            raise
        raise FileExistsError(f"{folder} was made by another process") from error


def _write_private(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _new_identity() -> Identity:
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(public)
    name = f"Vitascope installation {digest.finalize().hex()[:12]}"
    authority_name, leaf_name = _name(f"{name} (own authority)"), _name(name)
    authority = _certificate(authority_name, authority_name, authority_key, authority_key, authority=True)
    leaf = _certificate(leaf_name, authority_name, key, authority_key, authority=False)
    return Identity(
        name,
        leaf.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Vitascope, self-signed"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())
