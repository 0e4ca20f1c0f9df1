"""Cases: anomaly cases from intake to closed, with their risk, questions and lesson."""
