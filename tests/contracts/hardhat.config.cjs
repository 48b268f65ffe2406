// For the contract tests on Hardhat's node: LENDERVOTE_TEST_CHAIN=hardhat. The node alone; nothing is compiled here.
module.exports = {
  solidity: "0.8.37",
  networks: {
    hardhat: { chainId: 31337, hardfork: "osaka", blockGasLimit: 30_000_000, initialDate: process.env.LENDERVOTE_START },
  },
};
