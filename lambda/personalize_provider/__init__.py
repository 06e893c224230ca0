"""The custom-resource provider behind the constructs of cdk-personalize.

`framework` and `single_function` are the entry points. `engine` is what every kind of resource goes through,
`kinds` has one package for each kind, and `aws` makes the calls.
"""
