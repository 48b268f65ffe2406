"""RLP as Ethereum has it, and the two hashes made with it: of a transaction from its fields, of a block from its header.

Whoever knows a transaction's hash can thus be shown no other input for it, and whoever knows a block's hash no other time.
"""

from collections.abc import Sequence
from typing import Any

from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak

Item = bytes | Sequence["Item"]

# The fields of each kind of transaction in the order in which they are hashed; a signature follows them.
_FEES = ("maxPriorityFeePerGas", "maxFeePerGas")
_CALL = ("gas", "to", "value", "input")
TRANSACTION_FIELDS: dict[int, tuple[str, ...]] = {
    0: ("nonce", "gasPrice", *_CALL),
    1: ("chainId", "nonce", "gasPrice", *_CALL, "accessList"),
    2: ("chainId", "nonce", *_FEES, *_CALL, "accessList"),
    3: ("chainId", "nonce", *_FEES, *_CALL, "accessList", "maxFeePerBlobGas", "blobVersionedHashes"),
    4: ("chainId", "nonce", *_FEES, *_CALL, "accessList", "authorizationList"),
}
_ROOTS = ("stateRoot", "transactionsRoot", "receiptsRoot")
_REST = ("difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce")
HEADER_FIELDS = ("parentHash", "sha3Uncles", "miner", *_ROOTS, "logsBloom", *_REST)
#: Fields that later rules have added, each only where all before it stand.
LATER_HEADER_FIELDS = ("baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot", "requestsHash")
_BYTES = {"to", "input", "address", "miner", "logsBloom", "extraData", "mixHash"}


def encode(item: Item) -> bytes:
    """The RLP encoding of bytes or of a list of items."""
    if isinstance(item, bytes):
        return item if len(item) == 1 and item[0] < 0x80 else _head(len(item), 0x80) + item
    inside = b"".join(encode(one) for one in item)
    return _head(len(inside), 0xC0) + inside


class NotRlp(ValueError):
    """The bytes are no RLP, or not in its one canonical writing."""


def decode(data: bytes) -> Item:
    """The item that the bytes encode: canonical, nothing left over, at most 8 lists deep. Raises NotRlp."""
    item, end = _decoded(data, 0, 8)
    if end != len(data):
        raise NotRlp(f"{len(data) - end} bytes are left over")
    return item


def _decoded(data: bytes, place: int, depth: int) -> tuple[Item, int]:
    """The item at a place, and where it ends."""
    first = data[place] if place < len(data) else -1
    if 0 <= first < 0x80:
        return data[place : place + 1], place + 1
    is_list = first >= 0xC0
    start, length = _length(data, place, 0xC0 if is_list else 0x80)
    end = start + length
    if first < 0 or end > len(data) or (is_list and not depth):
        raise NotRlp(f"an item of {length} bytes does not fit, or lies too deep")
    if not is_list:
        if length == 1 and data[start] < 0x80:
            raise NotRlp("a small byte is not written as itself")
        return data[start:end], end
    items: list[Item] = []
    while start < end:
        item, start = _decoded(data, start, depth - 1)
        items.append(item)
    if start != end:
        raise NotRlp("an item runs over the end of its list")
    return items, end


def _length(data: bytes, place: int, base: int) -> tuple[int, int]:
    """Where an item's content starts, and its length."""
    short = data[place] - base if place < len(data) else 0
    if short < 56:
        return place + 1, short
    size = data[place + 1 : place + 1 + short - 55]
    length = int.from_bytes(size, "big")
    if len(size) != short - 55 or length < 56 or size[0] == 0:
        raise NotRlp("a length is not in its shortest writing")
    return place + 1 + len(size), length


def _head(length: int, base: int) -> bytes:
    if length < 56:
        return bytes([base + length])
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([base + 55 + len(size)]) + size


def _hex(value: Any) -> bytes:
    if not isinstance(value, str) or not value.startswith("0x"):
        raise ValueError(f"{value!r} is no hex")
    digits = value[2:]
    return bytes.fromhex(digits if len(digits) % 2 == 0 else "0" + digits)


def _number(value: Any) -> bytes:
    return _hex(value).lstrip(b"\0")


def _item(name: str, value: Any) -> Item:
    """A field's value as it is hashed."""
    if name == "to" and value is None:
        return b""
    if name == "accessList":
        return [[_hex(one["address"]), [_hex(key) for key in one["storageKeys"]]] for one in value]
    if name == "blobVersionedHashes":
        return [_hex(one) for one in value]
    if name == "authorizationList":
        order = ("chainId", "address", "nonce", "yParity", "r", "s")
        return [[_item(part, one[part]) for part in order] for one in value]
    return _hex(value) if name in _BYTES or name.endswith(("Hash", "Root", "Uncles")) else _number(value)


def _parity(kind: int, fields: dict[str, Any]) -> Any:
    return fields["v"] if kind == 0 else fields.get("yParity", fields.get("v"))


def transaction_bytes(fields: dict[str, Any], place: str) -> bytes:
    """A transaction of these fields as it was sent. Raises Wrong when they are no transaction of a known kind."""
    try:
        kind = int(fields.get("type") or "0x0", 16)
        items = [_item(name, fields[name]) for name in TRANSACTION_FIELDS[kind]]
        items += [_number(_parity(kind, fields)), _number(fields["r"]), _number(fields["s"])]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = "its hash cannot be checked"
        raise Wrong("node.transaction", place, what, "a transaction of type 0 to 4", f"{type(error).__name__}: {error}") from error
    return (bytes([kind]) if kind else b"") + encode(items)


def signed_part(fields: dict[str, Any], place: str) -> tuple[bytes, int, int, int]:
    """What the sender of a transaction signed: digest, r, s, and the parity of R's y. Raises Wrong."""
    try:
        kind = int(fields.get("type") or "0x0", 16)
        items = [_item(name, fields[name]) for name in TRANSACTION_FIELDS[kind]]
        v, r, s = (int(value, 16) for value in (_parity(kind, fields), fields["r"], fields["s"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Wrong("node.transaction", place, "its signature cannot be read", "", f"{type(error).__name__}: {error}") from error
    digest, parity = signing_digest(kind, items, v)
    return digest, r, s, parity


def signing_digest(kind: int, items: Sequence[Item], v: int) -> tuple[bytes, int]:
    """The digest that the sender signed over a transaction's fields, and the parity of R's y."""
    signed = list(items)
    if kind == 0 and v >= 35:  # EIP-155: the chain's id is signed, too
        chain_id = (v - 35) // 2
        signed += [chain_id.to_bytes((chain_id.bit_length() + 7) // 8, "big"), b"", b""]
        v = (v - 35) % 2
    elif kind == 0:
        v -= 27
    return keccak((bytes([kind]) if kind else b"") + encode(signed)), v


def receipt_bytes(fields: dict[str, Any], place: str) -> bytes:
    """A receipt of these fields as it is in the trie of receipts. Raises Wrong."""
    try:
        kind = int(fields.get("type") or "0x0", 16)
        logs: list[Item] = [[_hex(one["address"]), [_hex(topic) for topic in one["topics"]], _hex(one["data"])] for one in fields["logs"]]
        items: Item = [_number(fields["status"]), _number(fields["cumulativeGasUsed"]), _hex(fields["logsBloom"]), logs]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Wrong(
            "node.log", place, "a receipt cannot be read", "a receipt of type 0 to 4", f"{type(error).__name__}: {error}"
        ) from error
    return (bytes([kind]) if kind else b"") + encode(items)


def header_bytes(fields: dict[str, Any]) -> bytes:
    """A header of these fields as it is hashed on Ethereum's rules; empty when fields are missing or are none."""
    try:
        items = [_item(name, fields[name]) if name != "nonce" else _hex(fields[name]) for name in HEADER_FIELDS]
        for name in LATER_HEADER_FIELDS:
            if fields.get(name) is None:
                break
            items.append(_item(name, fields[name]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return b""
    return encode(items)
