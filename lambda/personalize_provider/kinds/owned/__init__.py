"""What the kinds share whose resources have a name and tags of ownership: solutions and campaigns."""
