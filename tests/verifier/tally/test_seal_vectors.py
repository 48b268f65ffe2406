"""What the recount makes of seals, the box and a ceremony, against the vectors of all parts (protocol §21, §22)."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from coincurve import PrivateKey

from verifier.tally import curve, transcript, typed_data
from verifier.tally.keccak import keccak, word
from verifier.tally.published import Published
from verifier.tally.sealing import EMPTY, RECORD_BYTES, Sealed, choices_of, counted_of, opened, record_of, start_of_piece

VECTORS = Path(__file__).parents[2] / "vectors"


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_bytes())


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def test_seals__open_to_what_the_vectors_say() -> None:
    data = vectors("seals")
    for one in (*data["good"], *data["malformed"]):
        sealed = raw(one["seal"]) + raw(one["sealed_choice"])
        index, sequence, motions = one["index"], one["sequence"], one["motions"]
        plain = opened(Sealed(index, sequence, sealed), raw(one["secret"]), raw(one["separator"]), motions)
        assert f"0x{plain:016x}" == one["opens_to"], one["name"]
        assert list(choices_of(plain, motions)) == one["choices"]
        assert record_of(index, one["voting_class"], raw(one["c"]["x"]) + raw(one["c"]["y"]), sequence, sealed) == raw(one["record"])


def test_boxes__fold_and_are_counted_as_the_vectors_say() -> None:
    data = vectors("box")
    for chain in data["chains"]:
        boxes = [EMPTY]
        for one in chain["ballots"]:
            boxes.append(keccak(boxes[-1] + raw(one["record"])))
        assert boxes[-1] == raw(chain["box"])
        newest = {one["index"]: one["sequence"] for one in chain["ballots"]}
        for counting in chain["countings"]:
            left = len(chain["ballots"])
            for piece in counting["pieces"]:
                start = left - len(raw(piece["ballots"])) // RECORD_BYTES
                assert boxes[start] == raw(piece["before"])
                said = b"".join(
                    _counted(one, data, chain["motions"]) for one in chain["ballots"][start:left] if newest[one["index"]] == one["sequence"]
                )
                assert said == raw(piece["counted"])
                left = start
            assert left == 0


def test_pieces__are_found_as_the_vectors_say() -> None:
    """Also where something stands behind them; and none is found in what the contract refuses."""
    for chain in vectors("box")["chains"]:
        records, boxes = ([raw(one[name]) for one in chain["ballots"]] for name in ("record", "box"))
        start_of = partial(_start_of, records, [EMPTY, *boxes])
        left = len(records)
        for call in chain["overtaken"]:
            assert start_of(call, left) == left - call["taken"]
            left -= call["taken"]
        assert left == 0
        for counting in chain["countings"]:
            assert start_of(counting["pieces"][0], len(records)) == max(0, len(records) - counting["size"])
        for call in chain["trailing"]:
            assert start_of(call, len(records)) == len(records) - call["taken"], call["name"]
        for call in chain["refused"]:
            assert start_of(call, len(records)) is None, call["name"]


def _start_of(records: list[bytes], boxes: list[bytes], call: dict[str, Any], left: int) -> int | None:
    return start_of_piece(records, boxes, left, raw(call["before"]), raw(call["ballots"]))


def _counted(one: dict[str, Any], data: dict[str, Any], motions: int) -> bytes:
    record = raw(one["record"])
    plain = opened(Sealed(one["index"], one["sequence"], record[70:]), raw(data["secret"]), raw(data["separator"]), motions)
    return counted_of(one["index"], one["sequence"], plain, motions)


@pytest.mark.parametrize("number", range(3))
def test_transcripts__give_key_and_share_keys(number: int, tmp_path: Path) -> None:
    data = vectors("ceremony")
    one = data["ceremonies"][number]
    (tmp_path / "seal.json").write_text(one["transcript"])
    found = transcript.read(Published(tmp_path), raw(one["case"]), one["chain_id"])
    assert (found.hash, found.roll_hash, found.stated_roll_hash) == (
        raw(one["transcript_hash"]),
        raw(one["roll_hash"]),
        raw(one["roll_hash"]),
    )
    assert [transcript.fault(found, seat) for seat in range(one["seats"])] == [""] * one["seats"]
    key = transcript.key_of(found)
    assert key == (raw(one["key"]["x"]) + raw(one["key"]["y"]), [raw(share) for share in one["share_keys"]])
    numbers = int(one["key"]["x"], 16), int(one["key"]["y"], 16)
    hashed = typed_data.seal_key_hash(*numbers, one["threshold"], key[1], found.roll_hash, found.hash)
    assert hashed == raw(one["seal_key_hash"])


def test_transcripts__give_a_key_where_middle_commitments_cancel() -> None:
    """Whoever deals last may choose so that they add up to infinity: nothing is wrong with the key then."""

    def dealing(*numbers: int) -> transcript.Dealing:
        points = [PrivateKey((number % curve.N).to_bytes(32, "big")).public_key.format() for number in numbers]
        return transcript.Dealing(points, [], b"", b"")

    seats = [transcript.Seat(bytes(20), bytes(33))] * 3
    found = transcript.key_of(transcript.Transcript(b"", b"", b"", 3, seats, [dealing(3, 8, 5), dealing(4, -8, 6)]))
    assert found is not None
    assert found[0] == curve.multiple(7)
    assert found[1] == [curve.address_of(curve.multiple(7 + 11 * x * x) or b"") for x in (1, 2, 3)]


def test_shares__give_the_secret_by_any_subset() -> None:
    for one in vectors("ceremony")["ceremonies"]:
        for subset in one["subsets"]:
            shares = [(seat, int(one["shares"][seat], 16)) for seat in subset["seats"]]
            assert transcript.interpolated(shares) == int(subset["result"], 16)


def test_typed_data__of_sealed_polls_has_the_digests_of_the_vectors() -> None:
    data = vectors("sealed_typed_data")
    separators = {name: raw(one) for name, one in data["domain_separators"].items()}
    seen = set()
    for item in data["items"]:
        message, separator = item["message"], separators[item["contract"]]
        values = {name: raw(one) if isinstance(one, str) else one for name, one in message.items()}
        made = _digest(item["type"], separator, values)
        if made is not None:
            assert made == raw(item["digest"]), item["type"]
            seen.add(item["type"])
    assert seen == {"TrusteeAppointment", "SealKey", "SealedPollAnnouncement", "PollAbandonment", "SealedBallot", "SealBreach"}


def _digest(name: str, separator: bytes, values: dict[str, Any]) -> bytes | None:
    if name == "SealKey":
        key: list[Any] = [_number(values["x"]), _number(values["y"]), values["threshold"], [raw(one) for one in values["shareKeys"]]]
        return typed_data.seal_key(
            separator, typed_data.seal_key_hash(key[0], key[1], key[2], key[3], values["rollHash"], values["transcriptHash"])
        )
    if name == "SealedBallot":
        sealed = word(_number(values["seal"])) + _number(values["sealedChoice"]).to_bytes(8, "big")
        return typed_data.sealed_ballot(separator, values["index"], values["sequence"], sealed, values["planHash"], values["sealKeyHash"])
    if name == "SealBreach":
        return typed_data.seal_breach(separator)
    makers = {
        "TrusteeAppointment": typed_data.trustee_appointment,
        "SealedPollAnnouncement": typed_data.sealed_poll_announcement,
        "PollAbandonment": typed_data.poll_abandonment,
    }
    return makers[name](separator, *values.values()) if name in makers else None  # type: ignore[operator]


def _number(value: bytes | int) -> int:
    return int.from_bytes(value, "big") if isinstance(value, bytes) else value


def test_points__are_multiplied_or_are_none() -> None:
    assert curve.multiple(0) is None
    assert curve.multiple(curve.N) is None
    assert curve.times_even(word(curve.N), word(1)) is None
    assert curve.times_even(word(0), word(1)) is None
    point = curve.multiple(7)
    assert point is not None
    assert curve.times_even(point[:32], word(3)) in (curve.multiple(21), curve.negate(curve.multiple(21) or b""))
