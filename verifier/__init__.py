"""The parts that stand apart from the backend: who issues credentials, who compares faces, who recounts."""
