"""Model files that come from pinned wheels: where they are kept, what they must hash to, how they are fetched and prepared."""
