"""The inbox: answers with their themes, follow-ups and complaints; scores with their response rate."""
