// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICase} from "../../contracts/interfaces/ICase.sol";
import {YesSayer} from "../contracts/harness/YesSayer.sol";
import {Town} from "./Town.sol";

/// Who may sign an official act and who has signed it (protocol, sections 1 and 5.1).
contract SignersTest is Town {
    uint256 private constant PASSKEY = 0x9a55;
    uint256 private constant P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    address private constant VERIFIER_CODE = address(0xc0de);
    string private constant CLIENT = '{"type":"webauthn.get","challenge":"';

    function setUp() public {
        _buildTown();
        bytes memory code = vm.parseJsonBytes(vm.readFile("build/contracts/PasskeyVerifier.json"), ".deployedBytecode");
        vm.etch(VERIFIER_CODE, code);
    }

    // --- who may be a signer

    function test_plainKeyOrPasskeyBehindTheBuiltVerifier() public {
        bytes memory passkey = _passkey(VERIFIER_CODE);
        for (uint256 length = 0; length <= 120; ++length) {
            bytes memory signer = new bytes(length);
            for (uint256 i = 0; i < length; ++i) {
                signer[i] = i < passkey.length ? passkey[i] : bytes1(0x01);
            }
            _mayBe(signer, length == 20 || length == 84);
        }
        _mayBe(new bytes(20), false);
        _mayBe(abi.encodePacked(address(1)), true);
        _mayBe(abi.encodePacked(uint160(1) << 159), true);
    }

    function test_noOtherVerifier() public {
        _mayBe(_passkey(address(0)), false);
        _mayBe(_passkey(address(0xdead)), false);
        _mayBe(_passkey(address(new YesSayer())), false);
        vm.etch(address(0xdead), abi.encodePacked(VERIFIER_CODE.code, hex"00"));
        _mayBe(_passkey(address(0xdead)), false);
        vm.etch(address(0xdead), abi.encodePacked(hex"ef0100", VERIFIER_CODE));
        _mayBe(_passkey(address(0xdead)), false);
        vm.etch(address(0xdead), VERIFIER_CODE.code);
        _mayBe(_passkey(address(0xdead)), true);
    }

    // --- who has signed

    /// Code at an official's address is not asked, whatever it would say; the key signs as ever.
    function test_codeAtAPlainKeyIsNotAsked() public {
        bytes[2] memory codes = [address(new YesSayer()).code, abi.encodePacked(hex"ef0100", address(new YesSayer()))];
        for (uint256 i = 0; i < codes.length; ++i) {
            vm.etch(vm.addr(_official(0)), codes[i]);
            vm.etch(vm.addr(INSTITUTION), codes[i]);
            _admits("rubbish", _officialsReason(_signer(_official(0))));
            _admits("", _officialsReason(_signer(_official(0))));
            _admits(new bytes(65), _officialsReason(_signer(_official(0))));
            _reverts(abi.encodeWithSelector(ICase.Plan_NotSignedByInstitution.selector));
            _case.submitPlan(PLAN_HASH, "rubbish");
        }
        _admits(_sign(_official(0), _admissionDigest()), "");
    }

    /// A void signature recovers to nobody; nobody is no signer.
    function test_otherLengthsAreNoSignature() public {
        bytes memory right = _sign(_official(0), _admissionDigest());
        bytes memory reason = _officialsReason(_signer(_official(0)));
        _admits(abi.encodePacked(right, hex"00"), reason);
        _admits(_signCompact(_official(0), _admissionDigest()), reason);
        _admits(right, "");
    }

    function test_passkeysSign() public {
        bytes memory signer = _passkey(VERIFIER_CODE);
        bytes[] memory officials = _officials();
        officials[0] = signer;
        _case = _openWith(officials, THRESHOLD, _signer(INSTITUTION));
        _submit(PLAN_HASH);
        bytes32 digest = _digest(address(_case), _admissionStruct(0, PLAN_HASH));
        bytes memory reason = _officialsReason(signer);
        _admitsBy(signer, "", reason);
        _admitsBy(signer, new bytes(200), reason);
        _admitsBy(signer, _passkeySignature(PASSKEY, bytes32(uint256(digest) ^ 1), 0x05), reason);
        _admitsBy(signer, _passkeySignature(PASSKEY + 1, digest, 0x05), reason);
        _admitsBy(signer, _passkeySignature(PASSKEY, digest, 0x01), reason); // the user was not verified
        _admitsBy(signer, _sign(_official(0), digest), reason);
        _admitsBy(signer, _passkeySignature(PASSKEY, digest, 0x05), "");
    }

    /// The institution's passkey submits plans.
    function test_institutionByPasskey() public {
        _case = _open(THRESHOLD, _passkey(VERIFIER_CODE));
        bytes32 digest = _digest(address(_case), _submissionStruct(0, PLAN_HASH));
        bytes memory signature = _passkeySignature(PASSKEY + 1, digest, 0x05);
        _reverts(abi.encodeWithSelector(ICase.Plan_NotSignedByInstitution.selector));
        _case.submitPlan(PLAN_HASH, signature);
        _case.submitPlan(PLAN_HASH, _passkeySignature(PASSKEY, digest, 0x05));
        _equal(_case.planCount(), 1, "plans");
    }

    /// What stands at the verifier's address answers for the passkey: only its own word for a right signature counts. No chain lets the
    /// code of an address change; here it does, to see each answer.
    function test_answersOfAVerifier() public {
        bytes memory signer = _passkey(VERIFIER_CODE);
        bytes[] memory officials = _officials();
        officials[0] = signer;
        _case = _openWith(officials, THRESHOLD, _signer(INSTITUTION));
        _submit(PLAN_HASH);
        bytes memory reason = _officialsReason(signer);
        vm.etch(VERIFIER_CODE, hex"024ad31803"); // nonsense that reverts
        _admitsBy(signer, "", reason);
        vm.etch(VERIFIER_CODE, ""); // no code: a call succeeds and says nothing
        _admitsBy(signer, "", reason);
        vm.etch(VERIFIER_CODE, hex"63024ad31860e01b5f5260045ff3"); // the right word in four bytes
        _admitsBy(signer, "", reason);
        vm.etch(VERIFIER_CODE, hex"63024ad31960e01b5f5260205ff3"); // another word
        _admitsBy(signer, "", reason);
        vm.etch(VERIFIER_CODE, hex"63024ad31860e01b5f5260205ffd"); // the right word with a revert
        _admitsBy(signer, "", reason);
        vm.etch(VERIFIER_CODE, hex"63024ad31860e01b5f5260205ff3"); // the right word
        _admitsBy(signer, "", "");
    }

    // --- in short

    function _passkey(address verifier) private pure returns (bytes memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(PASSKEY);
        return abi.encodePacked(verifier, x, y);
    }

    /// What an authenticator answers to a digest as its challenge; flags 5: user present and verified.
    function _passkeySignature(uint256 key, bytes32 digest, uint8 flags) private pure returns (bytes memory) {
        bytes memory text = bytes(vm.toBase64URL(abi.encodePacked(digest)));
        bytes memory challenge = new bytes(43); // without the padding
        for (uint256 i = 0; i < 43; ++i) {
            challenge[i] = text[i];
        }
        string memory client = string.concat(CLIENT, string(challenge), '","origin":"https://vote.test"}');
        bytes memory authenticator = abi.encodePacked(sha256("vote.test"), flags, uint32(0));
        (bytes32 r, bytes32 s) = vm.signP256(key, sha256(abi.encodePacked(authenticator, sha256(bytes(client)))));
        if (uint256(s) > P256_ORDER / 2) s = bytes32(P256_ORDER - uint256(s));
        return abi.encode(r, s, uint256(23), uint256(1), authenticator, client);
    }

    function _mayBe(bytes memory signer, bool allowed) private {
        bytes[] memory officials = _officials();
        officials[1] = signer;
        _opens(officials, _signer(INSTITUTION), allowed);
        _opens(_officials(), signer, allowed);
    }

    function _opens(bytes[] memory officials, bytes memory institution, bool allowed) private {
        (bool done,) = address(this).call(abi.encodeCall(this.open, (officials, institution)));
        _true(done == allowed, allowed ? "refused" : "opened all the same");
    }

    function open(bytes[] memory officials, bytes memory institution) external {
        _openWith(officials, THRESHOLD, institution);
    }

    function _admissionDigest() private view returns (bytes32) {
        return _digest(address(_case), _admissionStruct(1, PLAN_HASH));
    }

    function _officialsReason(bytes memory signer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICase.Officials_SignatureWrong.selector, signer);
    }

    /// Admission of plan 1, submitted here, with this signature of the first official.
    function _admits(bytes memory signature, bytes memory reason) private {
        if (_case.planCount() == 1) _submit(PLAN_HASH);
        (bytes[] memory signers, bytes[] memory signatures) =
            _signedByOfficials(_case, _admissionStruct(1, PLAN_HASH), THRESHOLD);
        signatures[0] = signature;
        if (reason.length != 0) _reverts(reason);
        _case.admitPlan(1, signers, signatures);
    }

    function _admitsBy(bytes memory signer, bytes memory signature, bytes memory reason) private {
        (bytes[] memory signers, bytes[] memory signatures) =
            _signedByOfficials(_case, _admissionStruct(0, PLAN_HASH), THRESHOLD);
        (signers[0], signatures[0]) = (signer, signature);
        if (reason.length != 0) _reverts(reason);
        _case.admitPlan(0, signers, signatures);
    }
}
