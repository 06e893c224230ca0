"""The edges: calls to AWS, their errors, and answers to CloudFormation."""
