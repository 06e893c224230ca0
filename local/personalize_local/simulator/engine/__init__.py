"""What all simulated resources share: time, statuses, errors, and the HTTP server."""
