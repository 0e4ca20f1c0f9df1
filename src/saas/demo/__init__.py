"""The demo firm: data in tenants/demo, a seeded maker of its clients' books, and the replay of its year."""
