"""Passkeys of officials and institutions: keys in a device's secure part, whose signatures the contract checks (ERC-7913, WebAuthn)."""
