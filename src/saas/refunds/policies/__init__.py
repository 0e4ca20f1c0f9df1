"""The firm's refund policy: versions and acceptance, its pages, what a change would do, the printed form."""
