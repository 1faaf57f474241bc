"""Many cases: the inbox, the durable work on them, and the worklist."""
