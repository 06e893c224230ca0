"""Calls to AWS, their errors, and answers to CloudFormation."""
