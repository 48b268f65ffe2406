"""Where providers report, and where anybody asks whether a message is ours.

What is about a poll's lenders and officials is in the room of tidings, which knows polls.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from pydantic import BeforeValidator

from backend.ground.common.text_types import plain_json
from backend.ground.http.services import service
from backend.people.accounts.access import remote_address
from backend.people.notices.schemas import MessageIn, MessageOut, ReportsTaken
from backend.people.notices.service import NoticeService

router = APIRouter(prefix="/api", tags=["notices"])

Reports = Annotated[list[Any], Body(max_length=1000), BeforeValidator(plain_json)]
Notices = Annotated[NoticeService, Depends(service(NoticeService))]


@router.post("/notices/reports/{provider}/{token}")
async def take_reports(provider: str, token: str, body: Reports, notices: Notices) -> ReportsTaken:
    """A provider's delivery reports, as it documents them; its own secret stands in the address."""
    return ReportsTaken.of(await asyncio.to_thread(notices.reports.take, provider[:16], token[:64], body))


@router.post("/notices/check")
def check_message(body: MessageIn, request: Request, notices: Notices) -> MessageOut:
    """Whether a message, link or code is ours to the letter."""
    return MessageOut.of(notices.check(body.text, remote_address(request)))
