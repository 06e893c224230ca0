"""Value types, API structures and findings that all kinds of resources share."""
