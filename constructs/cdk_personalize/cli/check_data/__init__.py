"""`cdk-personalize check-data`: a data file, checked before anyone pays for an import or a training."""
