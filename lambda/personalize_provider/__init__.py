"""The custom-resource provider behind the constructs of cdk-personalize.

Transports (`framework`) turn events into requests, `reconciler` brings a resource to what a request
wants, and there is one package for each kind of resource (`solution`).
"""
