"""The `TrainingPipeline` construct: train, measure, judge, promote."""
