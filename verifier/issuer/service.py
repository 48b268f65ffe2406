"""The issuer as one object: what its HTTP routes and its command line call."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from verifier.face.model_choice import ModelChoice
from verifier.face.session import SessionBook
from verifier.face.worker import FaceRoom
from verifier.issuer import face_store, log, store
from verifier.issuer.bindings.book import BindingBook
from verifier.issuer.clock import Clock, SystemClock
from verifier.issuer.consents import ConsentBook
from verifier.issuer.declined import declined
from verifier.issuer.desk import Desk
from verifier.issuer.erasure import Eraser, Reason
from verifier.issuer.face_models import FaceModels
from verifier.issuer.identities import IdentityBook
from verifier.issuer.keys.keyring import Keyring
from verifier.issuer.keys.templates import Rotation, reseal_earlier, rotate
from verifier.issuer.likenesses import LikenessSearch
from verifier.issuer.lists import ListSigner
from verifier.issuer.log_export import LogExport
from verifier.issuer.model_change import ModelChange
from verifier.issuer.node import Node
from verifier.issuer.polls import PollReader
from verifier.issuer.providers.choice import choose
from verifier.issuer.rates import Rate
from verifier.issuer.references import ReferenceBook
from verifier.issuer.relay import Question, RelayDoor
from verifier.issuer.retention import Retention
from verifier.issuer.roots.book import RootsBook
from verifier.issuer.roots.choice import RootsChoice
from verifier.issuer.roots.organisations import Organisations
from verifier.issuer.schemas import FaceAnswer, FaceRequest, ListAnswer, ListRequest, SessionRequest, SessionView, VouchedRequest
from verifier.issuer.settings import IssuerSettings
from verifier.issuer.store import Credential, Database
from verifier.issuer.ways.face import FaceWay
from verifier.issuer.ways.provider import ProviderWay
from verifier.issuer.ways.session import SessionWay
from verifier.issuer.ways.vouched import VouchedWay

#: Questions of one poll's relay in a minute.
LISTS_A_MINUTE, LOG_PAGES_A_MINUTE = 600, 120
#: What is said about consent for one lender in a minute.
CONSENTS_A_MINUTE = 20


class Issuer:
    """Made from settings; `clock` gives seconds since 1970.

    Raises: KeyNotReadable, LivenessNeeded, ModelNotUsable, ProviderNotUsable, RootsNotUsable, DatabaseNotUsable.
    """

    def __init__(self, settings: IssuerSettings, clock: Clock | None = None) -> None:
        clock = clock or SystemClock()
        settings.check_liveness()
        settings.check_models()
        chosen = RootsChoice.read(settings)
        providers = choose(settings.providers, production=settings.production)
        self.keyring = Keyring.open(settings)
        self.organisations = Organisations({name: Node(url) for name, url in chosen.organisations.items()}, chosen.least)
        self._database = Database(settings.data_dir / "issuer.sqlite3")
        self._room = self._furnished(settings, settings.models)
        self.models = FaceModels(self._database, self._room, lambda models: self._furnished(settings, models), clock)
        book = RootsBook(self._database, self.organisations, chosen.pinned, chosen.one_node, clock, self.models.freeze)
        polls = PollReader(book, self.address)
        reseal_earlier(self._database, self.keyring.master_keys, clock)
        eraser = Eraser(self._database, self.keyring.signing, clock)
        self._desk = Desk(
            self.keyring, polls, self._database, clock, settings.credential_ttl_seconds, eraser, settings.reference_days_after_close
        )
        self.retention = Retention(self._desk, settings.signal_days)
        self.bindings = BindingBook(self._desk)
        self._references = ReferenceBook(self._desk, self.models, self.bindings, settings.keep_photos)
        self.consents = ConsentBook(self._desk, Rate(CONSENTS_A_MINUTE, clock))
        off = settings.liveness == "off"
        bounds = settings.attempts_an_hour, settings.pictures_an_hour
        self._face = FaceWay(self._desk, self.models, self._references, self.consents, *bounds, off)
        self._sessions = SessionWay(self._face, SessionBook(clock.monotonic), settings.sessions_an_hour, settings.device_sessions_an_hour)
        self.liveness = settings.liveness
        if off:
            self._desk.note("liveness_switched_off", {"poll": ""})
        self._vouched = VouchedWay(self._desk)
        self.identities = IdentityBook(self._desk, self.bindings)
        self.providers = ProviderWay(self._desk, self.identities, providers, settings.attempts_an_hour)
        self._lists = ListSigner(self._desk, RelayDoor(clock, Rate(LISTS_A_MINUTE, clock)))
        self._log_door = RelayDoor(clock, Rate(LOG_PAGES_A_MINUTE, clock))
        self.log_export = LogExport(self._database, self.keyring.signing, clock, self.providers.keys)
        self.likenesses = LikenessSearch(self._desk, self.models)
        self.model_change = ModelChange(self._desk, self.models, self.bindings)

    @property
    def address(self) -> str:
        """The verifier's address, 0x lower case."""
        return self.keyring.signing.address

    @property
    def room(self) -> FaceRoom:
        """The face room, to look at."""
        return self._room

    def by_face(self, request: FaceRequest, probes: Sequence[bytes]) -> FaceAnswer:
        """See FaceWay.decide."""
        return self._face.decide(request, probes)

    def open_session(self, request: SessionRequest) -> SessionView:
        """See SessionWay.open."""
        return self._sessions.open(request)

    def watch_session(self, session_id: str, nonce: str, frames: Sequence[bytes]) -> SessionView:
        """See SessionWay.watch."""
        return self._sessions.watch(session_id, nonce, frames)

    def decide_session(self, session_id: str, nonce: str) -> FaceAnswer:
        """See SessionWay.decide."""
        return self._sessions.decide(session_id, nonce)

    def by_vouchers(self, request: VouchedRequest) -> Credential:
        """See VouchedWay.issue."""
        return self._vouched.issue(request)

    def sign_list(self, request: ListRequest, question: Question | None) -> ListAnswer:
        """See ListSigner.sign."""
        return self._lists.sign(request, question)

    def put_reference(self, poll: str, index: int, image: bytes) -> None:
        """See ReferenceBook.put."""
        self._references.put(poll, index, image)

    def erase(self, poll: str, reason: Reason, index: int | None = None) -> dict[str, Any] | None:
        """See Eraser.erase."""
        return self._desk.eraser.erase(poll, reason, index)

    def certificates(self, poll: str | None) -> list[dict[str, Any]]:
        """The newest deletion certificates, of one poll or of all."""
        with self._database.begin() as connection:
            return [json.loads(each) for each in store.certificates(connection, poll)]

    def rotate(self, advance: Callable[[int], None] = lambda _: None) -> Rotation:
        """See templates.rotate."""
        return rotate(self._database, self.keyring.master_keys, self._desk.clock, advance)

    def stored_faces(self) -> int:
        """Lenders of whom a reference is stored."""
        with self._database.begin() as connection:
            return face_store.count_faces(connection)

    def declined(self, poll: str, index: int, question: Question | None) -> list[dict[str, Any]]:
        """See declined.declined; `question` is the relay's, None when the operator asks. Raises: as export_log."""
        self._admit_to_log(poll, 0, question)
        return declined(self._database, poll, index)

    def export_log(self, poll: str, after: int, question: Question | None) -> list[str]:
        """See LogExport.page; `question` is the relay's, None when the operator asks.

        Raises: what PollReader.roots and RelayDoor.admit do.
        """
        self._admit_to_log(poll, after, question)
        return self.log_export.page(poll, after)

    def read_log(self, poll: str | None, after: int) -> tuple[list[log.LogRow], log.LogHead]:
        """A page of the log, and the head of the whole log."""
        with self._database.begin() as connection:
            return log.read(connection, poll, after), log.head(connection)

    def _admit_to_log(self, poll: str, after: int, question: Question | None) -> None:
        if question is not None:
            roots = self._desk.polls.roots(poll)
            self._log_door.admit(roots, question, lambda at: roots.domain.log_request(after, at))

    def verify_log(self, noted: log.LogHead | None = None) -> log.LogHead:
        """Check the whole log. Raises: LogBroken."""
        with self._database.begin() as connection:
            return log.verify_log(log.read_all(connection), noted)

    @staticmethod
    def _furnished(settings: IssuerSettings, models: ModelChoice) -> FaceRoom:
        return FaceRoom(settings.face_workers, settings.face_queue, settings.face_seconds, models)

    def close(self) -> None:
        """End the face processes and close what is open."""
        self._room.close()
        self.models.close()
        self.organisations.close()
        self._database.close()
