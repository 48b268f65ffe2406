// What is signed, as EIP-712 digests (protocol, section 5; protocols 1 and 2 in section 17).
import { ascii, keccak, raw, word } from "../bytes.mjs";

const DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const SALTED = DOMAIN.replace(")", ",bytes32 salt)");
const RECEIPT = "bytes32 ballotDigest,address ballotKey,uint256 index,uint8 sequence,uint64 receivedAt";
const ANNOUNCEMENT = "uint256 pollNumber,bytes32 parametersHash";
const FREEZE = "uint256 registerNumber,bytes32 root,uint256 leafCount,bytes32 classesHash";
const STRUCTS = {
  RegisterFreeze: `${FREEZE},bytes32 classNamesHash,bytes32 rangeProofsHash`,
  RegisterSample: "uint256 registerNumber,bytes32 root,bytes32 sampleHash",
  PlanSubmission: "uint256 planNumber,bytes32 planHash",
  PlanAdmission: "uint256 planNumber,bytes32 planHash",
  PollAnnouncement: `${ANNOUNCEMENT},bool rehearsal`,
  IdentityFile: "uint256 registerNumber,bytes32 fileHash",
  Credential: "uint256 index,address ballotKey,uint64 expiresAt",
  CredentialList: "bytes entries,uint64 expiresAt",
  Ballot: "uint256 index,uint8 choice,uint8 sequence,bytes32 planHash",
  BallotReceipt: `${RECEIPT},bytes32 book,uint64 number,bytes32 previous`,
  PhoneTicket: "uint256 index,address ballotKey,uint64 expiresAt",
  Voucher: "uint256 index,address ballotKey,uint8 method,uint64 vouchedAt",
  Attestation: "bytes32 resultHash,bool approve",
  CredentialListRequest: "bytes entries,uint64 requestedAt",
  LogRequest: "uint64 after,uint64 requestedAt",
  FaceConsent: "uint256 index,bytes32 textHash,bool agreed,uint64 saidAt",
  TrusteeAppointment: "uint256 appointmentNumber,bytes32 trusteesHash",
  RollEntry: "bytes32 ceremony,uint8 seat,address key,bytes transport",
  SealKey: "uint256 x,uint256 y,uint8 threshold,address[] shareKeys,bytes32 rollHash,bytes32 transcriptHash",
  SealedPollAnnouncement: `${ANNOUNCEMENT},bytes32 sealKeyHash,bool rehearsal`,
  PollAbandonment: "uint256 pollNumber,bytes32 reasonHash",
  Succession: "uint256 successionNumber,bytes32 generationBefore,bytes32 generationAfter,uint32 noticeSeconds,bytes32 reasonHash",
  SuccessionWithdrawal: "uint256 successionNumber",
  SealedBallot: "uint256 index,uint8 sequence,uint256 seal,uint64 sealedChoice,bytes32 planHash,bytes32 sealKeyHash",
  SealBreach: "",
  Stamp: "bytes32 subject,uint64 blockNumber,bytes32 blockHash,bytes32 value",
  Witnessed: "uint64 number,uint8 kind,uint64 blockNumber,bytes32 hash,uint64 seenAt,bytes32 previous",
  OpeningsEscrow: "uint256 registerNumber,bytes32 context,bytes32 commitmentsHash,bytes32 fileDigest",
};
const STRUCTS_2 = { PollAnnouncement: ANNOUNCEMENT };
const STRUCTS_1 = { RegisterFreeze: FREEZE, BallotReceipt: RECEIPT };

const hashed = ([name, fields]) => [
  name,
  { hash: keccak(ascii(`${name}(${fields})`)), kinds: fields.split(",").map((one) => one.split(" ")[0]) },
];

/** A value as one word: bytes of any length and lists of addresses stand by their hash. */
function encoded(kind, value) {
  if (kind === "address[]") return keccak(Buffer.concat(value.map(word)));
  return kind === "bytes" ? keccak(value) : word(value);
}

const TYPES = Object.fromEntries(Object.entries(STRUCTS).map(hashed));
const TYPES_2 = { ...TYPES, ...Object.fromEntries(Object.entries(STRUCTS_2).map(hashed)) };
const TYPES_1 = { ...TYPES_2, ...Object.fromEntries(Object.entries(STRUCTS_1).map(hashed)) };
const PREFIX = raw("0x1901");

/** The types of a protocol by their names. */
export const typesOf = (protocol) => ({ 1: TYPES_1, 2: TYPES_2 })[protocol] ?? TYPES;

/**
 * The domain separator of a case or poll contract; of a later generation of officials with its hash as salt (section 24).
 * @type {(chainId: bigint, contract: Buffer, salt?: Buffer | null) => Buffer}
 */
export function separatorOf(chainId, contract, salt = null) {
  const parts = [ascii(salt ? SALTED : DOMAIN), ascii("LenderVote"), ascii("1")].map((one) => keccak(one));
  return keccak(...parts, word(chainId), word(contract), ...(salt ? [salt] : []));
}

/** The domain of one contract under one protocol. */
export class Domain {
  /** `salt` is the hash of a later generation. */
  constructor(chainId, contract, protocol, salt = null) {
    this.separator = separatorOf(chainId, contract, salt);
    this.types = typesOf(protocol);
  }

  /** The digest of a struct by its values, in the order of its fields. */
  digest(name, ...values) {
    return keccak(PREFIX, this.separator, this.struct(name, ...values));
  }

  /** hashStruct of the same. */
  struct(name, ...values) {
    const { hash, kinds } = this.types[name];
    return keccak(hash, ...values.map((value, i) => encoded(kinds[i], value)));
  }
}
