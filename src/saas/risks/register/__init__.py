"""The register of risks: what may go wrong, how bad it is, and what is done about it."""
