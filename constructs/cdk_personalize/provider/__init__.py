"""The providers: the Lambda functions that manage the resources."""
