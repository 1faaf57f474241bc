"""Mail and archives: files that hold other files."""
