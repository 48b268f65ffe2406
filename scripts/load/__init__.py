"""The load: ballots at a fixed rate, then far too many with nonsense among them, and the same through web3.py one by one."""
