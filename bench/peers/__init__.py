"""What one would write without this project, as the figures are held against it."""
