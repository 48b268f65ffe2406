"""Who signed what: plain secp256k1 keys and passkeys, worked out here and asked of no contract (protocol §1, §5)."""
