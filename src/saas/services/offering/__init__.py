"""What the firm offers: catalogue, prices, plans for a client, tiers, ideas."""
