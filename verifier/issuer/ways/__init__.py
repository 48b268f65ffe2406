"""The ways to a credential, each with an address of its own: face, session in front of the camera, identity provider, officials."""
