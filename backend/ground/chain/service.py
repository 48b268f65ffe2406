"""The chain as the other rooms see it: one object that sends, waits, reads, signs and mirrors."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from backend.ground.chain import artifacts, signatures, signers
from backend.ground.chain.anvil import EmbeddedAnvil
from backend.ground.chain.calls import Block, ConfirmedTransaction, ContractCall, ContractEvent
from backend.ground.chain.case import CaseContract, creation
from backend.ground.chain.certificates import Validators
from backend.ground.chain.copies import Copies
from backend.ground.chain.creations import created, creation_key
from backend.ground.chain.errors import FinalityNotProved, NodeNotAnswering, NotEmbedded, OrganisationsDisagree, TooFewOrganisations
from backend.ground.chain.heartbeat import Heartbeat
from backend.ground.chain.intents import Intents
from backend.ground.chain.mirror import Mirror
from backend.ground.chain.nodes import Nodes, open_node
from backend.ground.chain.outbox import Outbox, OutboxEntry
from backend.ground.chain.poll import PollContract
from backend.ground.chain.pulse import Pulse
from backend.ground.chain.purse import Purse, read_purse
from backend.ground.chain.record import ChainRecord
from backend.ground.chain.sealed_poll import SealedPollContract
from backend.ground.chain.standing import ChainStanding
from backend.ground.chain.typed_data import TypedData
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.key_files import load_key
from backend.ground.common.settings import Settings
from backend.ground.common.voting import PollKind
from backend.ground.db.sessions import Sessions

log = logging.getLogger(__name__)

PUMP_EVERY_SECONDS = 0.5
WAIT_SECONDS = 30.0
"""How long a caller waits for a block; what takes longer goes on by itself."""


class Chain:
    """The only object that speaks to the chain. Every method that asks the node raises NodeNotAnswering."""

    def __init__(
        self,
        rpc_url: str,
        sessions: Sessions,
        relay_key: bytes,
        *,
        embedded: EmbeddedAnvil | None = None,
        confirmations: int = 2,
        clock: Clock | None = None,
        halt_seconds: float = 12,
        empty_blocks: bool = True,
        validators: Validators | None = None,
    ) -> None:
        self.rpc_url = rpc_url
        self.relay_address = signatures.address_of(relay_key)
        self._clock = clock or SystemClock()
        self._node = open_node(rpc_url, self._clock)
        self._relay_key = relay_key
        self._embedded = embedded
        self._outbox = Outbox(self._node, sessions, relay_key, self._clock)
        self._mirror = Mirror(self._node, sessions, confirmations, self._clock, validators)
        self.record = ChainRecord(self._node, sessions, self.relay_address)
        self.intents = Intents(sessions, self._clock)
        self.copies = Copies(self._node, self._outbox, self._mirror, self.record, self.intents)
        pulse = Pulse(self._clock, halt_seconds, embedded.block_seconds if embedded is not None else 0, regular=empty_blocks)
        self.heartbeat = Heartbeat(self._node, self._outbox, self._mirror, pulse, self._clock, empty_blocks=empty_blocks)
        self._finality_waits = self._disagreement = ""
        self._chain_id, self._pumped_at = 0, float("-inf")
        self._ending = threading.Event()
        self._pump_thread: threading.Thread | None = None

    # --- life ----------------------------------------------------------------------------------------------------------------------

    def start(self, *, pump: bool = True) -> None:
        """Start the embedded chain, if it is ours, and the thread that pumps. Raises: AnvilNotStarted, NodeNotAnswering."""
        if self._embedded is not None:
            self._embedded.start()
            self._mirror.expect_loss()
            self._embedded.fund(self.relay_address)
        self._chain_id = self._node.chain_id()
        if pump:
            self._ending.clear()
            self._pump_thread = threading.Thread(target=self._pump_until_ended, name="chain pump", daemon=True)
            self._pump_thread.start()

    def stop(self) -> None:
        """End the thread and the embedded chain; what is not in a block yet is sent after the next start."""
        self._ending.set()
        if self._pump_thread is not None:
            self._pump_thread.join(30)
            self._pump_thread = None
        if self._embedded is not None:
            self._embedded.stop()

    def pump(self) -> None:
        """One round: embedded chain alive, outbox, mirror. The thread calls it; tests call it to step by hand."""
        if self._embedded is not None:
            if self._embedded.keep_alive():
                log.warning("the embedded chain had died and was started again")
                self._mirror.expect_loss()
                self._embedded.fund(self.relay_address)
            self._embedded.note_time(self.chain_time())
        if isinstance(self._node, Nodes):
            self._node.examine(self._mirror.final_blocks())
        self.heartbeat.look()
        self._outbox.pump()
        self.heartbeat.move_on()
        try:
            self._mirror.pump()
            self._finality_waits = ""
        except (TooFewOrganisations, FinalityNotProved) as error:  # sending goes on; whoever watches is told
            self._finality_waits = error.waits
        self._disagreement = ""
        self._pumped_at = self._clock.monotonic()

    def _pump_until_ended(self) -> None:
        said, pause = "", 0.0  # the first round at once: until it is done the service is not ready
        while not self._ending.wait(pause):
            pause = PUMP_EVERY_SECONDS
            try:
                self.pump()
                said = ""
            except LenderVoteError as error:
                if isinstance(error, OrganisationsDisagree):
                    self._disagreement = str(error.facts["reason"])
                if error.code != said:  # once, not twice a second for as long as it lasts
                    log.warning("chain pump: %s", error)
                said = error.code
            except Exception:
                # One bad round must not end all later ones: without the pump, ballots would wait for ever.
                log.exception("chain pump")

    # --- the chain itself ----------------------------------------------------------------------------------------------------------

    @property
    def chain_id(self) -> int:
        """The chain's id, part of everything that is signed."""
        self._chain_id = self._chain_id or self._node.chain_id()
        return self._chain_id

    @property
    def embedded(self) -> bool:
        """Whether this app runs the chain itself."""
        return self._embedded is not None

    def block(self, number: int | str = "latest") -> Block:
        """A block by number or tag: number, hash, timestamp."""
        return self.heartbeat.look() if number == "latest" else self._node.block(number)

    def chain_time(self) -> int:
        """The latest block's timestamp, in seconds since 1970."""
        return self.block().timestamp

    def latest_time(self) -> int:
        """The time that the next block will bear at least, as far as can be told; later than `chain_time` where the chain stands still."""
        self.block()
        return self.heartbeat.pulse.latest_time()

    def move_time(self, to_timestamp: int) -> None:
        """Mine a block with this timestamp; for demos and tests. Does nothing when that time is past.

        Raises: NotEmbedded for a node that this app does not run.
        """
        if self._embedded is None:
            raise NotEmbedded
        if to_timestamp > self.chain_time():
            self._node.ask("evm_setNextBlockTimestamp", hex(to_timestamp))
            self._node.ask("evm_mine")

    def standing(self) -> ChainStanding:
        """How sending and mirroring go, for those who watch; asks no node."""
        waiting, oldest = self._outbox.waiting()
        return ChainStanding(
            waiting=waiting,
            oldest_at=oldest,
            confirmed_block=self.confirmed_block(),
            halted_at=self._mirror.halted_at(),
            round_age_seconds=self._clock.monotonic() - self._pumped_at,
            nodes=self._node.standings() if isinstance(self._node, Nodes) else [],
            still_seconds=self.heartbeat.pulse.still_seconds,
            stands_still=self.heartbeat.stands_still(),
            organisations=() if self._embedded is not None else self._node.organisations,
            finality_waits=self._finality_waits,
            disagreement=self._disagreement,
        )

    def purse(self) -> Purse:
        """What the relay's account holds. Raises: NodeNotAnswering."""
        return read_purse(self._node, self.relay_address)

    def accept_rewrite(self) -> int:
        """Somebody has looked at a chain rewritten below finality: mirror the new one. Returns the block. Raises: NoHalt."""
        return self._mirror.accept_rewrite()

    def note(self, data: bytes, key: str) -> str:
        """Put a few bytes on the chain, in a transaction of the relay to itself; returns its id in the outbox. Idempotent by key."""
        return self._outbox.send(ContractCall(self.relay_address, data), key)

    def noted(self, tx_hash: str) -> bytes:
        """The bytes that a `note` put there. Raises: NodeNotAnswering, also when no block holds the transaction."""
        sent = self._node.transaction(tx_hash)
        if not sent.get("blockNumber"):
            raise NodeNotAnswering(reason="in no block")
        return bytes(sent["input"])

    # --- sending -------------------------------------------------------------------------------------------------------------------

    def send(self, call: ContractCall, key: str) -> str:
        """Idempotent by key: store signed bytes, then send them; returns the transaction's id in the outbox.

        Not inside a database transaction. Raises: TransactionReverted when the contract refuses the call now (nothing is stored, the
        key stays free), KeyUsedForAnotherCall, NodeNotAnswering (nothing is stored).
        """
        return self._outbox.send(call, key)

    def wait(self, tx_id: str, timeout_seconds: float = 30) -> ConfirmedTransaction:
        """Return when a block holds it. Raises: TransactionReverted, NotConfirmedInTime (it keeps being sent), TransactionUnknown."""
        return self._outbox.wait(tx_id, timeout_seconds)

    def transact(self, call: ContractCall, key: str, timeout_seconds: float | None = None) -> ConfirmedTransaction:
        """`send`, then `wait`; what a block refused under the key may be sent once more.

        Raises: as they do; RelayUnfunded before anything is stored or sent.
        """
        key = self.record.open_key(key)
        if self._embedded is None and self.record.find(key) is None:
            self.purse().check()
        return self.wait(self.send(call, key), WAIT_SECONDS if timeout_seconds is None else timeout_seconds)

    def look_up(self, tx_id: str) -> OutboxEntry:
        """Where a transaction stands: queued, sent, confirmed, reverted, dropped. Raises: TransactionUnknown."""
        return self._outbox.look_up(tx_id)

    def deploy_case(self, officials: Sequence[bytes], threshold: int, institution: bytes, key: str, *, rehearsal: bool) -> str:
        """Open a case on the chain and mirror its events; returns its address. Raises: TransactionReverted, ContractsNotBuilt."""
        call = creation(officials, threshold, institution, rehearsal=rehearsal)
        opened = self.transact(call, creation_key(call, key))
        self.follow(created(opened), opened.block)
        return created(opened)

    def has_begun_case(self, officials: Sequence[bytes], threshold: int, institution: bytes, key: str, *, rehearsal: bool) -> bool:
        """Whether `deploy_case` stored a transaction whose outcome counts: it was not refused."""
        return self.record.may_come_of(creation_key(creation(officials, threshold, institution, rehearsal=rehearsal), key))

    def deploy_passkey_verifier(self) -> str:
        """Put the verifying contract for officials' passkeys on the chain, once; returns its address. Raises: ContractsNotBuilt."""
        call = ContractCall(None, artifacts.load("PasskeyVerifier").encode_creation(()))
        return created(self.transact(call, creation_key(call, "passkey verifier")))

    # --- reading -------------------------------------------------------------------------------------------------------------------

    def case(self, address: str) -> CaseContract:
        """A case's views and calls."""
        return CaseContract(self._node, address)

    def poll(self, address: str) -> PollContract:
        """An open poll's views and calls."""
        return PollContract(self._node, address)

    def sealed_poll(self, address: str) -> SealedPollContract:
        """A sealed poll's views and calls."""
        return SealedPollContract(self._node, address)

    def poll_of(self, address: str, kind: PollKind) -> PollContract | SealedPollContract:
        """The views and calls that polls of both kinds have."""
        return self.sealed_poll(address) if kind is PollKind.SEALED else self.poll(address)

    def follow(self, address: str, from_block: int | None = None) -> None:
        """Mirror a case's or poll's events from a block on; without one, from where it is mirrored already, else from the beginning."""
        self._mirror.follow(address, from_block)

    def confirmed_block(self) -> int:
        """The newest block that counts as final and was mirrored; -1 when there is none yet."""
        return self._mirror.confirmed_block()

    def events(
        self, address: str, name: str | None, after_id: int = 0, *, confirmed: bool = True, limit: int = 1000
    ) -> list[ContractEvent]:
        """Mirrored events of one contract and name (None: every name) after an id, oldest first; unless told otherwise, in final blocks."""
        return self._mirror.events(address, name, after_id, confirmed=confirmed, limit=limit)

    # --- signing -------------------------------------------------------------------------------------------------------------------

    def digest(self, typed: TypedData) -> bytes:
        """What is signed, 32 bytes."""
        return typed.digest()

    def sign(self, typed: TypedData) -> str:
        """The relay's signature, 0x and 130 digits."""
        return "0x" + signatures.sign(self._relay_key, typed.digest()).hex()

    def recover(self, digest: bytes, signature: bytes) -> str:
        """The address that signed, 0x lower case. Raises: SignatureNotReadable."""
        return signatures.recover(digest, signature)

    def is_signed_by(self, signer: bytes, digest: bytes, signature: bytes) -> bool:
        """Whether an ERC-7913 signer signed: 20 bytes are a plain key, longer ones ask their verifying contract."""
        return signers.is_signed_by(self._node, signer, digest, signature)


def open_chain(settings: Settings, sessions: Sessions, *, at_once: bool = False) -> Chain:
    """The chain that the settings name, or the embedded one; not started yet. Raises: KeyNotReadable, ValidatorsFileWrong.

    With `at_once` the embedded chain mines each transaction as it comes and a block every second besides.
    """
    relay_key = load_key(settings.relay_key.get_secret_value(), settings.data_dir / "secrets", "relay.key")
    embedded = None
    if not settings.rpc_url:
        block_seconds = settings.anvil_block_seconds
        embedded = EmbeddedAnvil(
            settings.data_dir / "chain" / "state.json",
            settings.anvil_port,
            at_once=at_once or block_seconds > 1,
            block_seconds=block_seconds,
        )
    return Chain(
        embedded.url if embedded is not None else settings.rpc_url,
        sessions,
        relay_key,
        embedded=embedded,
        confirmations=settings.confirmations,
        halt_seconds=settings.halt_seconds,
        empty_blocks=settings.empty_blocks,
        validators=Validators.named_in(settings.validators),
    )
