"""What all kinds share: time, statuses, errors, settings, the service and its HTTP server."""
