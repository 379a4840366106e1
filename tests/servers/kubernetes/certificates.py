"""The cluster's own certificate authority and the certificates of its components, for one run, in its state folder."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.servers.kubernetes.plan import API_SERVICE, DOMAIN, NODE, NODE_ADDRESS, Plan

_DAYS = 7

# Who is who to the API server: file -> (user, group). The groups and users are those that Kubernetes' own bindings name.
CLIENTS = {
    "admin": ("admin", "system:masters"),
    "kubelet-client": ("kube-apiserver", "system:masters"),
    "controller-manager": ("system:kube-controller-manager", ""),
    "scheduler": ("system:kube-scheduler", ""),
    "kubelet": (f"system:node:{NODE}", "system:nodes"),
    "kube-proxy": ("system:kube-proxy", ""),
    "coredns": ("coredns", ""),
}


@dataclass(frozen=True, slots=True)
class _Authority:
    certificate: x509.Certificate
    key: CertificateIssuerPrivateKeyTypes


def make(plan: Plan) -> None:
    """Write all of them; keys are readable by their owner only."""
    plan.certificate("ca").parent.mkdir(mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("enablement-kube", "")
    authority = _Authority(
        _builder(name, name, key).add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256()), key
    )
    _write(plan, "ca", key, authority.certificate)
    for who, (user, group) in CLIENTS.items():
        _issue(plan, authority, who, _name(user, group))
    _issue(plan, authority, "api-server", _name("kube-apiserver", ""), serving=True)
    signing = rsa.generate_private_key(65537, 2048)
    _write(plan, "service-accounts", signing, None)


def _issue(plan: Plan, authority: _Authority, who: str, subject: x509.Name, *, serving: bool = False) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    usage = ExtendedKeyUsageOID.SERVER_AUTH if serving else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = _builder(subject, authority.certificate.subject, key)
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), False)
    if serving:
        builder = builder.add_extension(x509.SubjectAlternativeName(_names_of_the_api()), False)
    _write(plan, who, key, builder.sign(authority.key, hashes.SHA256()))


def _names_of_the_api() -> list[x509.GeneralName]:
    names = [
        "localhost",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        f"kubernetes.default.svc.{DOMAIN}",
    ]
    addresses = ["127.0.0.1", NODE_ADDRESS, API_SERVICE]
    return [*(x509.DNSName(name) for name in names), *(x509.IPAddress(ipaddress.ip_address(one)) for one in addresses)]


def _name(user: str, group: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, user)]
    return x509.Name([*parts, *([x509.NameAttribute(NameOID.ORGANIZATION_NAME, group)] if group else [])])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=_DAYS))
    )


def _write(
    plan: Plan, who: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, certificate: x509.Certificate | None
) -> None:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    path = plan.key(who)
    path.touch(mode=0o600)
    path.write_bytes(private)
    if certificate is not None:
        plan.certificate(who).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
