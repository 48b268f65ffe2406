"""Settings of the backend, from the environment or `.env`, with LENDERVOTE_ before each name."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.ground.common.errors import LenderVoteError

NAMED_BY = "LENDERVOTE_SETTINGS"
#: Looked for in this order when the environment names no file. The second is what the systemd units load.
USUAL_FILES = (Path(".env"), Path("/etc/lendervote/backend.env"))


class SettingsFileMissing(LenderVoteError):
    """The environment names a file of settings that is not there."""

    zh = "LENDERVOTE_SETTINGS 指定的配置文件不存在：{path}"
    en = "There is no file of settings at {path}, which LENDERVOTE_SETTINGS names."


class Settings(BaseSettings):
    """Everything an installation may set; the defaults run on one machine under `var/`."""

    model_config = SettingsConfigDict(env_prefix="LENDERVOTE_", env_file=".env", extra="ignore")

    production: bool = False
    """Real lenders: settings that are for trying out are refused at the start, see `lendervote doctor --real`."""
    data_dir: Path = Path("var")
    """Database, secrets, chain state and published files."""
    database_url: str = ""
    """Empty: SQLite in data_dir. PostgreSQL: postgresql+psycopg://..."""
    journal_dir: Path | None = None
    """Where receipted ballots are written a second time; empty: data_dir/journal. Better on another disk than the database."""
    host: str = "127.0.0.1"
    port: int = 8600
    public_url: str = ""
    """The address lenders use; empty: http://host:port."""
    rpc_url: str = ""
    """Empty: an Anvil started by the app on anvil_port, for one machine and for trying out. Several nodes with commas between, each with
    the name of its organisation before it (court=https://...); without a name, each host is an organisation of its own."""
    anvil_port: int = 8645
    anvil_block_seconds: int = 1
    """Seconds between the local chain's blocks; with more than 1 a transaction has its block at once. For days: 60."""
    verifier_url: str = "http://127.0.0.1:8601"
    """The issuer of credentials, a process of its own."""
    public_verifier_url: str = ""
    """The issuer's address as the lender's phone reaches it; empty: verifier_url."""
    field_key: SecretStr = SecretStr("")
    """32 bytes in hex; empty: data_dir/secrets/field.key, made at first start."""
    relay_key: SecretStr = SecretStr("")
    """The relay's chain key in hex; empty: data_dir/secrets/relay.key."""
    confirmations: int = 2
    """Blocks after which an entry on the chain counts as final."""
    halt_seconds: int = 12
    """Seconds without a block after which the chain counts as halted and no receipt is given; where blocks are rarer, five of the usual
    pauses, at most 120 s."""
    empty_blocks: bool = True
    """False for a chain that makes blocks for transactions only: silence is no halt there, and its clock is moved on by a transaction of
    the relay where a poll's opening, close or challenge end has come, or confirmations are awaited."""
    validators: Path | None = None
    """The file of validators that the parties named, of a chain whose blocks carry their seals (Kaia): a block counts as final only with
    those of more than two thirds. Empty: by confirmations and the word of several organisations' nodes alone."""
    stamp_authorities: str = ""
    """Outsiders that stamp times (RFC 3161, protocol §26), best two: one=https://...,two=https://... Empty: none are asked."""
    stamp_certificates: str = ""
    """The root certificate (PEM) of each, by the same names: one=/etc/lendervote/one.pem,two=..."""
    relay_hold_seconds: int = 30
    """How long a ballot may wait for its neighbours before a batch goes out; near the close none waits, nor once a batch is full."""
    minimum_notice_seconds: int = 15 * 86_400
    """Least time between announcing and opening a poll that is no rehearsal; the contract demands 15 days itself (protocol §8.1)."""
    anchor_seconds: int = 600
    """How often the relay notes on the chain how far its books of receipts go; at most ten minutes (protocol §11)."""
    intake_cutoff_seconds: int = 30
    """Intake ends this long before the close, so that what was receipted gets on chain."""
    chain_look_milliseconds: int = 250
    """How old the chain's time may be by which intake goes; the cut-off before the close leaves far more room."""
    intake_at_once: int = 128
    """Ballots that one process works on at once; beyond that, a phone is asked to try again in a moment (429)."""
    secure_cookies: bool = False
    """True behind HTTPS: __Host- cookies."""
    passkey_domain: str = ""
    """The name to which officials' passkeys belong (WebAuthn's RP id); empty: the host of the page. Passkeys are lost when it changes."""
    sms_gateway: str = "console"
    """console prints codes to data_dir/outbox; gateways sends them by the file of gateways."""
    gateways_file: Path | None = None
    """The file of gateways for notices (docs/install.md), readable for the service alone; empty: notices go to data_dir/outbox."""
    alarms_address: str = ""
    """The address whose signature the working group's own alarms put under contested ballots (`lendervote alarms key`); empty: none."""
    hotline: str = "DEMO 400-000-0000"
    """The help line shown on every page."""
    office_address: str = ""
    """Where lenders find the working group's office; empty: they are asked to call the help line."""
    office_hours: str = ""
    """When the office is open, as lenders read it; empty: they are asked to call the help line."""

    @property
    def resolved_journal_dir(self) -> Path:
        """The journal's folder in force."""
        return self.journal_dir or self.data_dir / "journal"

    @property
    def resolved_database_url(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'lendervote.sqlite3'}"

    @property
    def resolved_public_url(self) -> str:
        """The address lenders use."""
        return self.public_url or f"http://{self.host}:{self.port}"


def settings_file() -> Path | None:
    """The file that settings are read from beside the environment; None where there is none. Raises: SettingsFileMissing."""
    named = os.environ.get(NAMED_BY, "")
    if named:
        if not Path(named).is_file():
            raise SettingsFileMissing(path=named)
        return Path(named)
    return next((path for path in USUAL_FILES if path.is_file()), None)


def read_settings() -> Settings:
    """What every command of one installation reads, from wherever it is called. Raises: SettingsFileMissing, ValidationError."""
    return Settings(_env_file=settings_file())
