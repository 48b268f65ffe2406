// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";

/// Voting by signature in the manner of Compound's GovernorBravo, with what a vote costs there and nothing else: a proposal with three
/// totals, a receipt a voter, the weight at the snapshot, an event a vote. Written for the comparison of gas alone.
contract BravoPeer {
    struct Receipt {
        bool hasVoted;
        uint8 support;
        uint96 votes;
    }

    struct Proposal {
        uint256 startBlock;
        uint256 endBlock;
        uint256 forVotes;
        uint256 againstVotes;
        uint256 abstainVotes;
        mapping(address voter => Receipt) receipts;
    }

    event VoteCast(address indexed voter, uint256 proposalId, uint8 support, uint256 votes, string reason);

    bytes32 private constant DOMAIN = keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)");
    bytes32 private constant BALLOT = keccak256("Ballot(uint256 proposalId,uint8 support)");
    string private constant NAME = "BravoPeer";

    IVotes private immutable _TOKEN;
    mapping(uint256 proposalId => Proposal) private _proposals;

    constructor(IVotes token) {
        _TOKEN = token;
        _proposals[1].startBlock = block.number + 1;
        _proposals[1].endBlock = block.number + 10_000;
    }

    function castVoteBySig(uint256 proposalId, uint8 support, uint8 v, bytes32 r, bytes32 s) external {
        bytes32 domain = keccak256(abi.encode(DOMAIN, keccak256(bytes(NAME)), block.chainid, address(this)));
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", domain, keccak256(abi.encode(BALLOT, proposalId, support))));
        address voter = ecrecover(digest, v, r, s);
        require(voter != address(0), "invalid signature");
        emit VoteCast(voter, proposalId, support, _vote(voter, proposalId, support), "");
    }

    function _vote(address voter, uint256 proposalId, uint8 support) private returns (uint96 votes) {
        Proposal storage proposal = _proposals[proposalId];
        require(block.number > proposal.startBlock && block.number <= proposal.endBlock, "voting is closed");
        require(support <= 2, "invalid vote type");
        Receipt storage receipt = proposal.receipts[voter];
        require(!receipt.hasVoted, "voter already voted");
        votes = uint96(_TOKEN.getPastVotes(voter, proposal.startBlock));
        if (support == 0) proposal.againstVotes += votes;
        else if (support == 1) proposal.forVotes += votes;
        else proposal.abstainVotes += votes;
        (receipt.hasVoted, receipt.support, receipt.votes) = (true, support, votes);
    }
}
