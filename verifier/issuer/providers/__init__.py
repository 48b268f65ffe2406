"""Identity providers: services outside that say whether a person is who the person claims to be."""
