"""Amazon Personalize on a laptop: a simulator of the control plane, served beside an embedded AWS."""
