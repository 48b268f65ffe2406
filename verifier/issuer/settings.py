"""Settings of the issuer, from the environment, with LENDERVOTE_ISSUER_ before each name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from verifier.face.decision import Way
from verifier.face.model_choice import ModelChoice
from verifier.face.models import files


class LivenessNeeded(Exception):
    """PRODUCTION is set and LIVENESS is off: still photos would be taken for people, against every lender."""

    def __init__(self) -> None:
        super().__init__(
            "LENDERVOTE_ISSUER_LIVENESS=off takes a photo for a person, and LENDERVOTE_ISSUER_PRODUCTION is set; "
            "set LENDERVOTE_ISSUER_LIVENESS=required, or leave it out"
        )


class IssuerSettings(BaseSettings):
    """Everything an installation may set; the defaults run on one machine under `var/issuer`."""

    model_config = SettingsConfigDict(env_prefix="LENDERVOTE_ISSUER_", env_file=".env", extra="ignore")

    host: str = "127.0.0.1"
    port: int = 8601
    cases: str = ""
    """Fingerprints of the cases that are served, as the operator typed them from the working groups' papers: 32 hexadecimal digits, spaces
    and case do not matter, commas between several. Without one nothing is signed."""
    rpc_urls: str = "this machine=http://127.0.0.1:8645"
    """Nodes from which polls are read, `Name of the organisation=http://...` with commas between; two organisations have to agree. The
    issuer sends nothing to the chain."""
    one_node: bool = False
    """The node of one organisation does. It goes into the log, and every recount names it."""
    rpc_url: str = ""
    """No more: stops the start, and the sentence says what to write instead."""
    data_dir: Path = Path("var/issuer")
    """Keys, references, log."""
    key: SecretStr = SecretStr("")
    """The verifier's secp256k1 key in hex; empty: data_dir/issuer.key, made at first start."""
    operator_token: SecretStr = SecretStr("")
    """What the operator shows to store references; empty: data_dir/operator_token, made at first start."""
    reference_key: SecretStr = SecretStr("")
    """The master key, 32 bytes in hex, that wraps the references' data keys; empty: data_dir/reference.key, made at first start."""
    former_reference_keys: list[SecretStr] = []
    """Master keys of before, JSON list of hex, which still open until `rotate` has gone through; only with reference_key."""
    reference_days_after_close: Annotated[int, Field(ge=0, le=365)] = 0
    """For how many days after a poll's close its references and session hashes stay, by the chain's clock; 0: until the close."""
    signal_days: Annotated[int, Field(ge=0, le=180)] = 30
    """For how many days the figures of a session stay, for a lender who asks for a person's review; the log keeps reasons and a digest."""
    retention_minutes: Annotated[int, Field(ge=1)] = 15
    """How often the service looks for what is to be erased."""
    allowed_origins: list[str] = ["http://127.0.0.1:8600"]
    """Origins of the voting page, whose browsers send photos here (CORS)."""
    providers: list[str] = []
    """Identity providers beside face and officials, JSON list: `national_id`, `bank_card`, `video_call` or `counter`, then `=sandbox`
    or `=package.module:Name`. Which of them count for a poll is fixed by the poll's verifiers (protocol §15)."""
    production: bool = False
    """Real lenders: a sandbox, LIVENESS=off, no CASES, and one node without ONE_NODE are refused at the start."""
    credential_ttl_seconds: Annotated[int, Field(ge=60)] = 86_400
    """How long a credential holds, by the chain's clock; never beyond the close."""
    attempts_an_hour: Annotated[int, Field(ge=1)] = 5
    """Comparisons for one lender; then two officials check."""
    pictures_an_hour: Annotated[int, Field(ge=1)] = 30
    """Tries in all for one lender, those whose picture could not be used included."""
    liveness: Literal["required", "off"] = "required"
    """off: photos are compared as they come, live or not; the log and /healthz say so. For rehearsals without a camera only; PRODUCTION
    refuses it."""
    sessions_an_hour: Annotated[int, Field(ge=1)] = 10
    """Sessions in front of the camera for one lender."""
    device_sessions_an_hour: Annotated[int, Field(ge=1)] = 20
    """Sessions for one device, whoever the lender is."""
    face_model: Literal["", "dlib", "sface"] = ""
    """How faces are found, read and compared (docs/face.md). Left out: sface where its extra was set up on this machine, else dlib. Polls
    keep the model that they were frozen with, as long as it is installed."""
    keep_photos: bool = False
    """Photos stay, sealed beside their templates and erased with them, so that a change of model can encode them again. The shipped words
    of consent speak of the template alone: add the photo to them first."""
    embedder: str = ""
    """An embedder in place of dlib's, `package.module:Name` (verifier/face/embedder.py); it needs `thresholds` of its own."""
    thresholds: Path | None = None
    """The table that `python -m verifier.face calibrate --write FILE` made for the embedder; left out: the shipped one, for dlib's."""
    landmarker: str = ""
    """A finder of 68 points in place of dlib's, `package.module:Name` (verifier/face/landmarks.py)."""
    attack_detector: str = ""
    """A detector of presentation attacks that is asked at each step, `package.module:Name` (verifier/face/liveness.py); left out: none."""
    face_workers: Annotated[int, Field(ge=0)] = 0
    """Processes that compare faces, about 300 MB each; 0: one fewer than there are cores."""
    face_queue: Annotated[int, Field(ge=0)] = 16
    """Requests that may wait for one; the next one is asked to come back later."""
    face_seconds: Annotated[float, Field(gt=0)] = 30.0
    """How long one request may keep a face process."""

    def check_liveness(self) -> None:
        """Raises: LivenessNeeded where real lenders come and photos would be taken for people."""
        if self.production and self.liveness == "off":
            raise LivenessNeeded

    @property
    def way(self) -> Way:
        """How faces are compared: as the setting says, else by what was set up here; parts of one's own stand in for dlib's."""
        if self.face_model:
            return self.face_model
        own = self.embedder or self.landmarker or self.thresholds
        return "dlib" if own else files.usual().way

    @property
    def models(self) -> ModelChoice:
        """Which models the face workers load."""
        return ModelChoice(self.embedder, self.landmarker, self.attack_detector, str(self.thresholds or ""), self.way)

    def check_models(self) -> None:
        """Raises: ModelNotUsable where sface is chosen and a package or file of it is missing or another one than was measured."""
        if self.way == "sface":
            files.check_all()
