"""What the state trie has of a contract's account (protocol §16, §25.1)."""

from dataclasses import dataclass

from verifier.tally import rlp
from verifier.tally.chain.things import Block
from verifier.tally.chain.trie import NotProved


@dataclass(frozen=True)
class Account:
    """A contract's account; `storage_root` and `code_hash` have 32 bytes."""

    nonce: int
    balance: int
    storage_root: bytes
    code_hash: bytes


def account_of(value: bytes, at: Block) -> Account:
    """The account that a proof leads to, in the form of the block's rule. Raises NotProved, NotRlp."""
    kind = at.account_kind
    if not value or value[: len(kind)] != kind:
        raise NotProved("there is no contract's account")
    fields = rlp.decode(value[len(kind) :])
    if kind and not isinstance(fields, bytes) and len(fields) == 4 and not isinstance(fields[0], bytes):
        fields = [*fields[0][:2], *fields[1:3]]  # nonce, balance and more; storage, code, and of which form the code is
    elif kind:
        fields = []
    if isinstance(fields, bytes) or len(fields) != 4:
        raise NotProved("an account is of another form")
    nonce, balance, storage_root, code_hash = (one if isinstance(one, bytes) else b"" for one in fields)
    if len(storage_root) != 32 or len(code_hash) != 32:
        raise NotProved("an account has no storage or no code")
    return Account(int.from_bytes(nonce, "big"), int.from_bytes(balance, "big"), storage_root, code_hash)
