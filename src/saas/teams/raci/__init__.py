"""Who answers for what: accountable, consulted and informed in each state of each workflow."""
