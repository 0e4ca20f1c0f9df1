"""An emergency as it runs: declared, contained, recovered, reviewed, closed."""
