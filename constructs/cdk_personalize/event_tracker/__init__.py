"""Event trackers: where apps send events."""
