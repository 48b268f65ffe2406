"""The days on which the poll is open."""

from __future__ import annotations

import random
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
from rich.console import Console
from rich.progress import track

from scripts.rig.api import trust
from scripts.rig.binding import bind, identity_file
from scripts.rig.camera import Camera, straightest
from scripts.rig.chain_access import ChainAccess
from scripts.rig.people import ABSTAIN, AGAINST, FOR, Member, Phone
from scripts.rig.photos import photos
from scripts.rig.sealing import NONSENSE
from scripts.rig.vote import Vote
from verifier.face.errors import FaceLibraryMissing
from verifier.face.frames import FrameReader
from verifier.face.lab.puppet import Puppet

TURNOUT, FOR_SHARE, AGAINST_SHARE, REVOTE_SHARE = 0.78, 0.78, 0.16, 0.08
BY_FACE = 6
MOST_REFERENCES = 2
SETTLE_SECONDS = 120
#: Lenders who vote at the same time.
AT_A_TIME = 3
_counting = Lock()

say = Console(stderr=True)


def cast_all(vote: Vote) -> None:
    """Every voter proves to be here, signs a ballot and gets a receipt; then the relay is waited for."""
    dice = vote.dice
    mobiles = sorted(set(vote.mobiles))
    coming = dice.sample(mobiles, int(len(mobiles) * TURNOUT))
    phones = [Phone(vote.stack.url, mobile, vote.stack.data_dir / "outbox" / "sms.jsonl", vote.poll) for mobile in coming]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for _ in track(pool.map(Phone.sign_in, phones), "   signing in", total=len(phones), console=say):
            pass
        cameras = enrol_faces(vote, phones[:BY_FACE])
        choices = [draw(dice) for _ in phones]
        if vote.is_sealed:  # one who means to spoil the count
            choices[-2] = NONSENSE
            vote.nonsense.append(phones[-2].claim["index"])

        def vote_once(phone: Phone, choice: int) -> Phone:
            credential = prove(vote, phone, cameras.get(phone.mobile))
            cast_one(vote, phone, credential, choice, directly=phone is phones[-1])
            return phone

        vote.voters += track(pool.map(vote_once, phones, choices), "   voting", total=len(phones), console=say)
    change_some(vote, dice)
    wait_for_chain(vote)


def draw(dice: random.Random) -> int:
    """A choice."""
    at = dice.random()
    if at < FOR_SHARE:
        return FOR
    return AGAINST if at < FOR_SHARE + AGAINST_SHARE else ABSTAIN


def enrol_faces(vote: Vote, phones: list[Phone]) -> dict[str, Camera]:
    """Two officials bind reference photos to a few lenders, and the issuer's operator puts them in; with another photo each sits before
    a camera."""
    people = look_for_people().result()
    if not people:
        say.print("   没有可用的照片，全部出借人走人工核验 / no photos to be used here: all lenders come by two officials' check")
        return {}
    say.print(
        "   DEMO：镜头前没有真人，由程序按提示移动静态照片 / DEMO: nobody sits before the camera, a program moves a still photo as asked"
    )
    token = (vote.stack.data_dir / "issuer" / "operator_token").read_text().strip()
    chosen = {phone.mobile: people[number % len(people)] for number, phone in enumerate(phones)}
    bind(vote, identity_file({phone.claim["index"]: [path.read_bytes() for path in chosen[phone.mobile][1]] for phone in phones}))
    cameras = {}
    for number, phone in enumerate(phones):
        puppet, references = chosen[phone.mobile]
        for reference in references:
            hand_in_reference(vote, token, phone, reference)
        cameras[phone.mobile] = Camera(puppet, random.Random(vote.seed + number))
    return cameras


def hand_in_reference(vote: Vote, token: str, phone: Phone, photo: Path) -> None:
    """As the issuer's operator does; a photo that cannot be used is named and left out, and who has none goes to officials."""
    with photo.open("rb") as image:
        response = httpx.post(
            f"{vote.stack.issuer_url}/v1/references",
            headers={"Authorization": f"Bearer {token}"},
            data={"poll": vote.poll["address"], "index": str(phone.claim["index"])},
            files={"image": (photo.name, image, "image/jpeg")},
            timeout=120,
            verify=trust(),
        )
    if response.status_code == 422:
        say.print(f"   {photo.name}: {response.json()['error']['details'].get('reason_en')}")
        return
    response.raise_for_status()


@cache
def look_for_people() -> Future[list[tuple[Puppet, list[Path]]]]:
    """Begin to fetch photos and look at them, once a process; whoever needs them waits for what comes of it."""
    return ThreadPoolExecutor(1).submit(people_to_show)


def people_to_show() -> list[tuple[Puppet, list[Path]]]:
    """For each person of whom there are two photos: the straightest one, to be moved, and up to two others as references."""
    found = [paths for paths in photos(Path("var/photos")).values() if len(paths) >= 2]
    try:
        reader = FrameReader()
    except FaceLibraryMissing as missing:
        say.print(f"   {missing}")
        return []
    shown = []
    for paths in found:
        straight = straightest(paths, reader)
        if straight:
            shown.append((Puppet(straight.read_bytes(), reader), [path for path in paths if path != straight][:MOST_REFERENCES]))
    return shown


def prove(vote: Vote, phone: Phone, camera: Camera | None) -> dict[str, Any]:
    """A credential by face where there is a camera; two officials for everybody else and for whoever the machine did not accept."""
    if camera is not None:
        credential = phone.credential_by_face(vote.stack.issuer_url, camera)
        with _counting:
            vote.sessions += camera.sessions
            vote.by_face += credential is not None
            vote.face_then_officials += credential is None
        if credential is not None:
            return credential
    request_id = phone.ask_for_vouchers(method=1)
    for official in vote.officials[:2]:
        vouch(vote, official, request_id)
    return phone.credential_by_vouchers(vote.stack.issuer_url, request_id)


def vouch(vote: Vote, official: Member, request_id: str) -> None:
    """One official has seen the lender and says so with a signature."""
    waiting = official.api.get(f"/api/polls/{vote.poll['id']}/voucher-requests")
    request = next(item for item in waiting if item["id"] == request_id)
    typed = request["typed_data"]
    official.api.post(
        f"/api/voucher-requests/{request_id}/vouchers",
        {
            "signer": official.key.address,
            "method": int(typed["message"]["method"]),
            "vouched_at": int(typed["message"]["vouchedAt"]),
            "signature": official.key.sign(typed),
        },
    )


def cast_one(vote: Vote, phone: Phone, credential: dict[str, Any], choice: int, *, directly: bool = False) -> None:
    """Sign and hand in; one goes straight to the contract."""
    ballot = phone.ballot(credential, choice, phone.claim["next_sequence"])
    if directly:
        ChainAccess(vote.stack.rpc_url).cast_directly(vote.poll["address"], phone.claim, ballot)
        vote.direct += 1
    else:
        vote.receipts.append(phone.cast(ballot))


def change_some(vote: Vote, dice: random.Random) -> None:
    """A few lenders think again: they prove again who they are, with a new key each."""
    staying = 2 if vote.is_sealed else 1
    again = dice.sample(vote.voters[:-staying], max(1, int(len(vote.voters) * REVOTE_SHARE)))
    choices = [draw(dice) for _ in again]

    def change(phone: Phone, choice: int) -> None:
        phone.read_claim()
        cast_one(vote, phone, prove(vote, phone, None), choice)

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        vote.revotes += len(list(pool.map(change, again, choices)))


def wait_for_chain(vote: Vote) -> None:
    """Until every receipted ballot is on the chain. Raises: RuntimeError when one is not."""
    deadline = time.monotonic() + SETTLE_SECONDS
    waiting = list(vote.receipts)
    api = vote.officials[0].api
    while waiting:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{len(waiting)} receipted ballots are not on the chain after {SETTLE_SECONDS} s")
        waiting = [r for r in waiting if api.get(f"/api/receipts/{r['number']}")["status"] not in {"recorded", "confirmed"}]
        if waiting:
            time.sleep(0.5)  # the relay tells by status only
