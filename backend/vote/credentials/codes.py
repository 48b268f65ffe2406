"""Phone codes: sent, compared, capped; nothing here tells whether a phone is in a register."""

from __future__ import annotations

import hmac
import math
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.ground.common.clock import Clock
from backend.ground.common.ids import new_id
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.sessions import Sessions
from backend.vote.credentials import rules, store
from backend.vote.credentials.errors import CodesPerAddress, CodesPerPhone, CodeTooSoon, CodeWrong
from backend.vote.credentials.rules import CodeLimits

HOUR = timedelta(hours=1)


class PhoneCodes:
    """Makes codes and takes them back; phones, addresses and codes are kept as keyed hashes only."""

    def __init__(self, sessions: Sessions, cipher: FieldCipher, clock: Clock, limits: CodeLimits) -> None:
        self._sessions = sessions
        self._cipher = cipher
        self._clock = clock
        self.limits = limits

    def make(self, poll_id: str, phone: str, address: str) -> str:
        """A new code for a canonical phone number, counted against the caps.

        It is stored for any phone, in the register or not, so that the caps answer alike for all.
        Raises: CodeTooSoon, CodesPerPhone, CodesPerAddress.
        """
        now = self._clock.now()
        code, row_id = rules.make_code(), new_id()
        self._pull_back(now, phone, address)
        with self._sessions.begin() as session:
            self._check_caps(session, phone, address, now)
            store.forget_before(session, now - timedelta(days=1))
            session.add(
                store.PhoneCodeRow(
                    id=row_id,
                    poll_id=poll_id,
                    phone_hash=self._phone_hash(phone),
                    address_hash=self._address_hash(address),
                    code_hash=self._code_hash(row_id, code),
                    tries_left=self.limits.tries,
                    sent_at=now,
                    expires_at=now + self._lifetime,
                )
            )
        return code

    def check(self, poll_id: str, phone: str, code: str, address: str) -> None:
        """Whether the code was sent to the phone for this poll and still stands. A wrong one uses up a try of all that stand.

        Raises: CodeWrong, CodesPerAddress.
        """
        now = self._clock.now()
        self._pull_back(now, phone, address)
        with self._sessions.begin() as session:
            self._check_wrong_cap(session, address, now)
            standing = store.usable_codes(session, poll_id, self._phone_hash(phone), now)
            fits = any(hmac.compare_digest(row.code_hash, self._code_hash(row.id, code)) for row in standing)
            if not fits:
                for row in standing:
                    row.tries_left -= 1
                self._note_wrong(session, address, now)
        # Outside of the transaction: the used-up try has to stay.
        if not fits:
            raise CodeWrong

    def miss(self, poll_id: str, phone: str, address: str) -> None:
        """What was said beside a right code was wrong: it uses up a try of all codes that stand."""
        now = self._clock.now()
        with self._sessions.begin() as session:
            for row in store.usable_codes(session, poll_id, self._phone_hash(phone), now):
                row.tries_left -= 1
            self._note_wrong(session, address, now)

    def check_address(self, session: Session, address: str) -> None:
        """Raises: CodesPerAddress after too many wrong codes from a network address."""
        self._check_wrong_cap(session, address, self._clock.now())

    def note_wrong(self, session: Session, address: str) -> None:
        """One more wrong code from a network address."""
        self._note_wrong(session, address, self._clock.now())

    def use(self, poll_id: str, phone: str) -> None:
        """After a sign-in none of the phone's codes for this poll opens anything any more."""
        with self._sessions.begin() as session:
            store.use_codes(session, poll_id, self._phone_hash(phone), self._clock.now())

    def forget_old(self) -> int:
        """Delete codes and wrong tries older than a day, which no cap counts any more; how many."""
        now = self._clock.now()
        with self._sessions.begin() as session:
            store.pull_back(session, now, self._lifetime)
            return store.forget_before(session, now - timedelta(days=1))

    @property
    def _lifetime(self) -> timedelta:
        return timedelta(seconds=self.limits.lifetime_seconds)

    def _pull_back(self, now: datetime, phone: str, address: str) -> None:
        """In a transaction of its own: a refusal takes back what was written in its own one, and the wait would begin again each time."""
        with self._sessions.begin() as session:
            store.pull_back(session, now, self._lifetime, self._phone_hash(phone), self._address_hash(address))

    def _check_caps(self, session: Session, phone: str, address: str, now: datetime) -> None:
        recent = store.codes_of_phone(session, self._phone_hash(phone), now - HOUR)
        if recent:
            again_at = recent[0].sent_at + timedelta(seconds=self.limits.resend_after_seconds)
            if now < again_at:
                raise CodeTooSoon(retry_after_seconds=_seconds_until(again_at, now))
        if len(recent) >= self.limits.per_phone_an_hour:
            raise CodesPerPhone(retry_after_seconds=_seconds_until(recent[-1].sent_at + HOUR, now))
        if rules.counts_by_address(address):
            asked = store.count_codes_of_address(session, self._address_hash(address), now - HOUR)
            if asked >= self.limits.per_address_an_hour:
                raise CodesPerAddress(retry_after_seconds=600)

    def _check_wrong_cap(self, session: Session, address: str, now: datetime) -> None:
        if not rules.counts_by_address(address):
            return
        wrong = store.count_wrong_of_address(session, self._address_hash(address), now - HOUR)
        if wrong >= self.limits.wrong_per_address_an_hour:
            raise CodesPerAddress(retry_after_seconds=600)

    def _note_wrong(self, session: Session, address: str, now: datetime) -> None:
        session.add(store.WrongCodeRow(id=new_id(), address_hash=self._address_hash(address), entered_at=now))

    def _phone_hash(self, phone: str) -> bytes:
        return self._cipher.lookup("code phone", phone)

    def _address_hash(self, address: str) -> bytes:
        return self._cipher.lookup("code address", address)

    def _code_hash(self, row_id: str, code: str) -> bytes:
        return self._cipher.lookup("code", f"{row_id}\0{code}")


def _seconds_until(moment: datetime, now: datetime) -> int:
    """Rounded up, in favour of whoever waits as told: a second too few would be refused again."""
    return max(1, math.ceil((moment - now).total_seconds()))
