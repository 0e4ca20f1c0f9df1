"""Open work by person, and handing some of it to whoever has less."""
