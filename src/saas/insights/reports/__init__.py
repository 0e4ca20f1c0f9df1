"""The monthly report: figures of a closed month on paper, kept as printed, mailed to those who wish it."""
