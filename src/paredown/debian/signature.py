"""OpenPGP: the text that a trusted key signed, or an error that says whose signature it was."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from pysequoia import Cert, verify
from pysequoia.packet import PacketPile

from paredown.errors import UntrustedError, UserError


def certificates(keyring: Path | None) -> list[Cert]:
    """The OpenPGP certificates in the file `keyring`; without one, the Debian archive's, which paredown ships."""
    if keyring is None:
        shipped = sorted((key for key in files("paredown.debian").joinpath("keys").iterdir() if key.name.endswith(".gpg")), key=lambda key: key.name)
        return [certificate for key in shipped for certificate in Cert.split_bytes(key.read_bytes())]
    try:
        content = keyring.read_bytes()
    except OSError as error:
        raise UserError(f"the keyring cannot be read: {error.strerror}", where=str(keyring), fix="give a file with OpenPGP certificates") from error
    try:
        found = Cert.split_bytes(content)
    except RuntimeError as error:
        raise _no_keyring(keyring) from error
    if not found:
        raise _no_keyring(keyring)
    return found


def signed_text(inrelease: bytes, trusted: Sequence[Cert], *, url: str) -> bytes:
    """What the signature in `inrelease` (from `url`) covers, and nothing else of it. UntrustedError when no key of `trusted` made it."""
    signers: list[str] = []

    def known(identifiers: list[str]) -> list[Cert]:
        signers.extend(identifiers)
        return list(trusted)

    try:
        content = verify(inrelease, known).bytes
    except RuntimeError as error:
        if not signers:
            raise UntrustedError("the release is not signed", where=url, fix="use another mirror") from error
        if _key_ids(trusted).isdisjoint(_key_id(signer) for signer in signers):
            raise UntrustedError(
                f"the release is signed by {', '.join(sorted(signers))}, and none of these keys is trusted",
                where=url,
                fix="update paredown if Debian has new archive keys; for an archive of your own, give the file with its key in PAREDOWN_KEYRING",
            ) from error
        raise UntrustedError(
            "the signature of the release is not valid: its text was altered, or its key has expired",
            where=url,
            fix="try again, or another mirror; if it stays, somebody tampers with your downloads",
        ) from error
    if content is None:
        raise UntrustedError("the release is not signed", where=url, fix="use another mirror")
    return bytes(content)


def _key_ids(trusted: Sequence[Cert]) -> set[str]:
    # Releases are signed by subkeys, which a certificate shows only as packets.
    packets = (packet for certificate in trusted for packet in PacketPile.from_bytes(bytes(certificate)))
    return {_key_id(packet.key_id) for packet in packets if packet.key_id}


def _key_id(identifier: str) -> str:
    return identifier[-16:].lower()


def _no_keyring(keyring: Path) -> UserError:
    return UserError("the keyring holds no OpenPGP certificates", where=str(keyring), fix="write them with `gpg --export > FILE`")
