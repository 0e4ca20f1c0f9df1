"""What the firm offers its clients and how it grows: catalogue, partners, support policies, answers, care."""
