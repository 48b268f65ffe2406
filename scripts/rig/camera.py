"""DEMO: nobody sits before this camera. A program moves a lender's still photo as the page asks.

The sessions are those of a real vote: opened with the phone's ticket, judged by the issuer frame by frame, liveness required. That a
program can do it is what docs/face.md says under "Not stopped".
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from scripts.rig.api import Refused
from verifier.face.errors import PictureRefused
from verifier.face.frames import FrameReader
from verifier.face.lab.actors import Scripted
from verifier.face.lab.puppet import Puppet
from verifier.face.liveness_state import LivenessState

MOST_SESSIONS = 3
FRAMES_A_BATCH, MOST_BATCHES = 3, 60


@dataclass
class Camera:
    """A photo that moves, and how many sessions it took so far."""

    puppet: Puppet
    dice: random.Random
    sessions: int = 0

    def credential(self, client: httpx.Client, request: dict[str, Any]) -> dict[str, Any] | None:
        """Go through sessions as a person would, at most three; None when officials are to check instead. Raises: Refused."""
        for _ in range(MOST_SESSIONS):
            view = _said(client.post("/v1/sessions", json=request))
            if view["state"] == "official":
                return None
            self.sessions += 1
            if self.followed(client, view)["state"] != "ready":
                continue
            answer = _said(client.post(f"/v1/sessions/{view['id']}/decision", json={"nonce": view["nonce"]}))
            if answer["decision"] != "again":
                credential: dict[str, Any] | None = answer["credential"]
                return credential
        return None

    def followed(self, client: httpx.Client, view: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked, step by step, until the session ends; its last view."""
        actor = Scripted(self.puppet.show, self.dice)
        for _ in range(MOST_BATCHES):
            asked = LivenessState([view["step"]["kind"]] * view["step"]["of"], 0.0, 0.0, step=view["step"]["number"])
            files = [("frame", ("frame.jpg", actor.frame(asked), "image/jpeg")) for _ in range(FRAMES_A_BATCH)]
            view = _said(client.post(f"/v1/sessions/{view['id']}/frames", data={"nonce": view["nonce"]}, files=files))
            if view["state"] != "watching":
                break
        return view


def straightest(photos: Sequence[Path], reader: FrameReader) -> Path | None:
    """The photo whose face looks straightest ahead; None when no face is found in any."""
    yaws = {}
    for path in photos:
        with contextlib.suppress(PictureRefused):
            yaws[path] = abs(reader.read(path.read_bytes(), None).pose.yaw)
    return min(yaws, key=yaws.__getitem__, default=None)


def _said(response: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    if response.status_code >= 400:
        raise Refused(response.status_code, body.get("error", body))
    return body
