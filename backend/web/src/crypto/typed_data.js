// Typed data after EIP-712: only the types of protocol §5 exist here, so a page can sign nothing else.

import { fromHex, join, keccak, utf8, word } from "./bytes.js";

/** Every type that is signed, as protocol §5 writes it. */
export const TYPES = {
  RegisterFreeze:
    "RegisterFreeze(uint256 registerNumber,bytes32 root,uint256 leafCount,bytes32 classesHash,bytes32 classNamesHash,bytes32 rangeProofsHash)",
  PlanSubmission: "PlanSubmission(uint256 planNumber,bytes32 planHash)",
  PlanAdmission: "PlanAdmission(uint256 planNumber,bytes32 planHash)",
  PollAnnouncement: "PollAnnouncement(uint256 pollNumber,bytes32 parametersHash,bool rehearsal)",
  IdentityFile: "IdentityFile(uint256 registerNumber,bytes32 fileHash)",
  Credential: "Credential(uint256 index,address ballotKey,uint64 expiresAt)",
  CredentialList: "CredentialList(bytes entries,uint64 expiresAt)",
  Ballot: "Ballot(uint256 index,uint8 choice,uint8 sequence,bytes32 planHash)",
  BallotReceipt:
    "BallotReceipt(bytes32 ballotDigest,address ballotKey,uint256 index,uint8 sequence,uint64 receivedAt,bytes32 book,uint64 number,bytes32 previous)",
  PhoneTicket: "PhoneTicket(uint256 index,address ballotKey,uint64 expiresAt)",
  Voucher: "Voucher(uint256 index,address ballotKey,uint8 method,uint64 vouchedAt)",
  Attestation: "Attestation(bytes32 resultHash,bool approve)",
  FaceConsent: "FaceConsent(uint256 index,bytes32 textHash,bool agreed,uint64 saidAt)",
  CredentialListRequest: "CredentialListRequest(bytes entries,uint64 requestedAt)",
  LogRequest: "LogRequest(uint64 after,uint64 requestedAt)",
  TrusteeAppointment: "TrusteeAppointment(uint256 appointmentNumber,bytes32 trusteesHash)",
  RollEntry: "RollEntry(bytes32 ceremony,uint8 seat,address key,bytes transport)",
  SealKey: "SealKey(uint256 x,uint256 y,uint8 threshold,address[] shareKeys,bytes32 rollHash,bytes32 transcriptHash)",
  SealedPollAnnouncement: "SealedPollAnnouncement(uint256 pollNumber,bytes32 parametersHash,bytes32 sealKeyHash,bool rehearsal)",
  PollAbandonment: "PollAbandonment(uint256 pollNumber,bytes32 reasonHash)",
  SealedBallot: "SealedBallot(uint256 index,uint8 sequence,uint256 seal,uint64 sealedChoice,bytes32 planHash,bytes32 sealKeyHash)",
  SealBreach: "SealBreach()",
  OpeningsEscrow: "OpeningsEscrow(uint256 registerNumber,bytes32 context,bytes32 commitmentsHash,bytes32 fileDigest)",
  Succession:
    "Succession(uint256 successionNumber,bytes32 generationBefore,bytes32 generationAfter,uint32 noticeSeconds,bytes32 reasonHash)",
  SuccessionWithdrawal: "SuccessionWithdrawal(uint256 successionNumber)",
};

/** What cases of protocols 1 and 2 sign otherwise (protocol §17). */
export const TYPES_OF_PROTOCOL_2 = { PollAnnouncement: "PollAnnouncement(uint256 pollNumber,bytes32 parametersHash)" };

/** What cases of protocol 1 alone do. */
export const TYPES_OF_PROTOCOL_1 = {
  RegisterFreeze: "RegisterFreeze(uint256 registerNumber,bytes32 root,uint256 leafCount,bytes32 classesHash)",
  BallotReceipt: "BallotReceipt(bytes32 ballotDigest,address ballotKey,uint256 index,uint8 sequence,uint64 receivedAt)",
};
const DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
/** Of the case, for every generation of officials but the first (protocol §24). */
const SALTED_DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)";

const fieldsOf = (text) =>
  text
    .slice(text.indexOf("(") + 1, -1)
    .split(",")
    .filter(Boolean)
    .map((pair) => {
      const [kind, name] = pair.split(" ");
      return { kind, name };
    });

/** The type's text, of the protocol whose fields the message has. Throws a RangeError for a type unknown here, or other fields. */
function textOf(type, message) {
  const named = Object.keys(message).sort().join();
  for (const types of [TYPES, TYPES_OF_PROTOCOL_2, TYPES_OF_PROTOCOL_1]) {
    const text = Object.prototype.hasOwnProperty.call(types, type) ? types[type] : "";
    if (
      text &&
      fieldsOf(text)
        .map(({ name }) => name)
        .sort()
        .join() === named
    )
      return text;
  }
  throw new RangeError("not a type of the protocol: " + type);
}

function encodeField(kind, value) {
  if (value === undefined || value === null) throw new RangeError("a field is missing");
  if (kind === "bytes") return keccak(fromHex(value));
  if (kind === "bool") return word(value === true ? 1 : 0);
  if (kind === "bytes32") return exactly(32, value);
  if (kind === "address[]") return keccak(join(...value.map((one) => encodeField("address", one))));
  if (kind === "address") return join(new Uint8Array(12), exactly(20, value));
  const encoded = word(value);
  if (BigInt(value) >> BigInt(kind.slice(4))) throw new RangeError("does not fit in " + kind);
  return encoded;
}

function exactly(length, value) {
  const bytes = fromHex(value);
  if (bytes.length !== length) throw new RangeError("not " + length + " bytes");
  return bytes;
}

/** hashStruct of a message, 32 bytes. Throws a RangeError for a type unknown here, or a field missing, strange or out of range. */
export function structHash(type, message) {
  const text = textOf(type, message);
  const words = fieldsOf(text).map(({ kind, name }) => encodeField(kind, message[name]));
  return keccak(join(keccak(utf8(text)), ...words));
}

/**
 * The domain separator of a contract on a chain, 32 bytes; of a case with the salt of a later generation.
 * @param {string} [salt]
 */
export function domainSeparator(chainId, contract, salt) {
  const kind = keccak(utf8(salt === undefined ? DOMAIN : SALTED_DOMAIN));
  const salted = salt === undefined ? [] : [encodeField("bytes32", salt)];
  return keccak(join(kind, keccak(utf8("LenderVote")), keccak(utf8("1")), word(chainId), encodeField("address", contract), ...salted));
}

/**
 * What is signed: 32 bytes.
 * @param {string} [salt]
 */
export function digest(chainId, contract, type, message, salt) {
  return keccak(join(Uint8Array.of(0x19, 0x01), domainSeparator(chainId, contract, salt), structHash(type, message)));
}

/** The digest of typed data in its JSON form as the service sends it; only our domain and our types are accepted. */
export function digestOf(typedData) {
  const { domain, primaryType, message } = typedData;
  if (domain.name !== "LenderVote" || domain.version !== "1") throw new RangeError("typed data of another system");
  return digest(domain.chainId, domain.verifyingContract, primaryType, message, domain.salt);
}
