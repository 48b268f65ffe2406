"""Takes identity files that k officials signed, and says what the one in force binds."""

from __future__ import annotations

import hmac
import threading
from dataclasses import dataclass, field

from sqlalchemy import Connection

from verifier.issuer import log
from verifier.issuer.bindings import store
from verifier.issuer.bindings.errors import (
    IdentityFileChangedMeanwhile,
    IdentityFileNotExpected,
    IdentityFileNotSigned,
    IdentityFileReplaced,
    PersonNotBound,
    PhotoNotBound,
)
from verifier.issuer.bindings.file import file_hash, person_hash, photo_hash, read_file
from verifier.issuer.bindings.signed_file import SignedFile
from verifier.issuer.bindings.store import Binding, KeptFile, RegisterKey
from verifier.issuer.desk import Desk
from verifier.issuer.polls import PollFacts
from verifier.issuer.roots.calls import Signatures
from verifier.issuer.roots.reading import CaseRoots, PollRoots

#: Files whose signatures are here and whose bytes are not yet.
_MOST_EXPECTED = 16


@dataclass(frozen=True)
class _Expected:
    case: CaseRoots
    register: RegisterKey
    leaf_count: int
    signed: Signatures


@dataclass(frozen=True)
class BindingBook:
    """A file comes in two steps, first its signatures, then its bytes: a stranger's bytes are never read."""

    desk: Desk
    _expected: dict[bytes, _Expected] = field(default_factory=dict)
    _theirs: dict[tuple[int, str], bool] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, said: SignedFile) -> None:
        """Take the signatures of a file. Raises: IdentityFileNotSigned, IdentityFileReplaced, and what RootsBook.register does."""
        case, leaf_count = self.desk.polls.book.register(said.case, said.register_number)
        if not case.have_signed(case.domain.identity_file(said.register_number, said.file_hash), said.signed):
            raise IdentityFileNotSigned()
        register = RegisterKey(case.case, case.chain_id, said.register_number)
        with self.desk.database.begin() as connection:
            self._require_newest(connection, case, register, said.file_hash)
        with self._lock:
            self._expected[said.file_hash] = _Expected(case, register, leaf_count, said.signed)
            while len(self._expected) > _MOST_EXPECTED:
                del self._expected[next(iter(self._expected))]

    def is_expected(self, hash_text: str) -> bool:
        """Whether a file with this hash, as 0x text, may be handed in."""
        with self._lock:
            return any(hash_text.lower() == "0x" + expected.hex() for expected in self._expected)

    def take(self, data: bytes) -> int:
        """Take a file's bytes; how many lenders it binds. From now on it is the one in force for its register.

        Raises: IdentityFileNotExpected, IdentityFileNotReadable, IdentityFileReplaced.
        """
        hashed = file_hash(data)
        with self._lock:
            expected = self._expected.get(hashed)
        if expected is None:
            raise IdentityFileNotExpected()
        lines = read_file(data, expected.leaf_count)
        signed = {
            "signers": ["0x" + signer.hex() for signer in expected.signed.signers],
            "signatures": ["0x" + signature.hex() for signature in expected.signed.signatures],
        }
        with self.desk.database.begin() as connection:
            kept = self._require_newest(connection, expected.case, expected.register, hashed)
            at = int(self.desk.clock())
            number = kept.id if kept else store.keep_file(connection, expected.register, "0x" + hashed.hex(), signed, at)
            store.keep_bindings(connection, number, ((line, self._keyed(line.person)) for line in lines))
        with self._lock:
            self._expected.pop(hashed, None)
        return len(lines)

    def require_photo(self, facts: PollFacts, index: int, photo: bytes) -> str:
        """The photo's hash, when officials bound it to the index. Raises: PhotoNotBound."""
        with self.desk.database.begin() as connection:
            _, binding = self._binding(connection, facts.roots, index)
        hashed = photo_hash(photo)
        if binding is None or hashed not in binding.photos:
            raise PhotoNotBound(index=index)
        return "0x" + hashed.hex()

    def require_person(self, facts: PollFacts, index: int, name: str, number: str) -> bytes:
        """A keyed digest of the person, when officials bound name and number to the index. Raises: PersonNotBound."""
        with self.desk.database.begin() as connection:
            _, binding = self._binding(connection, facts.roots, index)
        keyed = self._keyed(person_hash(binding.salt, name, number)) if binding else None
        if binding is None or binding.person is None or keyed is None or not hmac.compare_digest(binding.person, keyed):
            raise PersonNotBound(index=index)
        return keyed

    def bound_photos(self, connection: Connection, roots: PollRoots, index: int) -> tuple[str, frozenset[str]]:
        """The file in force (its hash, "" when there is none) and the hashes of the photos that it binds to the index."""
        kept, binding = self._binding(connection, roots, index)
        return (kept.file_hash if kept else ""), frozenset("0x" + photo.hex() for photo in (binding.photos if binding else ()))

    def all_photos(self, connection: Connection, roots: PollRoots) -> list[tuple[int, frozenset[str]]]:
        """Of every lender with a bound photo, by rising index: the hashes of the photos that the file in force binds."""
        kept = self._in_force(connection, roots)
        bound = store.photos_of(connection, kept.id) if kept else []
        return [(index, frozenset("0x" + photo.hex() for photo in photos)) for index, photos in bound if photos]

    def bound_person(self, connection: Connection, roots: PollRoots, index: int) -> tuple[str, bytes | None]:
        """The file in force (its hash, "" when there is none) and the keyed digest of the person that it binds to the index."""
        kept, binding = self._binding(connection, roots, index)
        return (kept.file_hash if kept else ""), binding.person if binding else None

    def require_in_force(self, connection: Connection, roots: PollRoots, file_hash: str) -> None:
        """That nothing came in place of the file that bound whom was met. Raises: IdentityFileChangedMeanwhile."""
        kept = self._in_force(connection, roots)
        if kept is None or kept.file_hash != file_hash:
            raise IdentityFileChangedMeanwhile()

    def name_in_log(self, connection: Connection, roots: PollRoots) -> None:
        """Write the file in force into the poll's log, once, before anything rests on it."""
        register = RegisterKey.of(roots)
        kept = self._in_force(connection, roots)
        if kept is None or not store.name_once(connection, roots.poll, kept.id):
            return
        facts = {"file_hash": kept.file_hash, "register_number": register.register_number, **kept.signed}
        log.append(connection, self.desk.clock(), {"kind": "identity_file", "poll": roots.poll, "chain_id": roots.case.chain_id, **facts})

    def _require_newest(self, connection: Connection, case: CaseRoots, register: RegisterKey, hashed: bytes) -> KeptFile | None:
        """The file itself where it is in force. An older one does not come back: the same officials replaced it."""
        kept = [one for one in store.files_of(connection, register) if self._is_theirs(case, register, one)]
        if kept and kept[0].file_hash == "0x" + hashed.hex():
            return kept[0]
        if any(one.file_hash == "0x" + hashed.hex() for one in kept):
            raise IdentityFileReplaced()
        return None

    def _in_force(self, connection: Connection, roots: PollRoots) -> KeptFile | None:
        """The newest file that those signed under whom the poll was announced (protocol §24): a recount takes no other."""
        register = RegisterKey.of(roots)
        return next((one for one in store.files_of(connection, register) if self._is_theirs(roots.case, register, one)), None)

    def _is_theirs(self, case: CaseRoots, register: RegisterKey, kept: KeptFile) -> bool:
        """Whether that generation of officials signed the file; found out once."""
        known = (kept.id, case.generation_hash)
        if known not in self._theirs:
            signed = Signatures(*(tuple(bytes.fromhex(one[2:]) for one in kept.signed[key]) for key in ("signers", "signatures")))
            digest = case.domain.identity_file(register.register_number, bytes.fromhex(kept.file_hash[2:]))
            self._theirs[known] = case.have_signed(digest, signed)
        return self._theirs[known]

    def _binding(self, connection: Connection, roots: PollRoots, index: int) -> tuple[KeptFile | None, Binding | None]:
        kept = self._in_force(connection, roots)
        return kept, store.binding_of(connection, kept.id, index) if kept else None

    def _keyed(self, person: bytes | None) -> bytes | None:
        """A number of an identity document is found by trying: the database holds digests under a key that is not in it."""
        return None if person is None else hmac.digest(self.desk.keyring.secret_for("persons"), person, "sha256")
