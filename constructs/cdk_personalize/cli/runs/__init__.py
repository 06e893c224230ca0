"""The runs of a training pipeline: the last ones, and one as it goes."""
