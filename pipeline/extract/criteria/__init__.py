"""The payer's criteria: where they stand, from which policy, and what each asks for."""
