"""The nightly proof of the trail: what it found, who was told, and who looked into it."""
