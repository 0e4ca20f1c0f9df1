"""Credits of 继续教育: what the law asks for, what each person has."""
