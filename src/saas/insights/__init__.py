"""The figures a firm is run by: measures and their definitions, dashboards, targets, alerts, reports, scorecards."""
