"""What AWS answers under a host of its own is answered here too."""

from __future__ import annotations

import json
import urllib.request

import aws_cdk as cdk
import boto3
import pytest
from aws_cdk import aws_apigateway, aws_apigatewayv2, aws_apigatewayv2_integrations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn

from personalize_local.testing.server_process import LocalAws

CODE = """
import os
def handler(event, context):
    return {"statusCode": 200, "body": os.environ.get("API", "films")}
"""


def function(stack: cdk.Stack, name: str, **environment: str) -> lambda_.Function:
    return lambda_.Function(
        stack,
        name,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(CODE),
        environment=environment,
    )


def test_urls__of_apis_and_functions_in_outputs_and_properties__are_answered(local_aws: LocalAws) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    handler = function(stack, "Handler")
    rest = aws_apigateway.LambdaRestApi(stack, "Rest", handler=handler)
    integration = aws_apigatewayv2_integrations.HttpLambdaIntegration("Integration", handler)
    http = aws_apigatewayv2.HttpApi(stack, "Http", default_integration=integration)
    url = handler.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)
    caller = function(stack, "Caller", API=rest.url)
    for name, value in {
        "R": rest.url,
        "H": http.url,
        "E": f"{http.api_endpoint}/films",
        "U": url.url,
    }.items():
        cdk.CfnOutput(stack, name, value=str(value))
    cdk.CfnOutput(stack, "Function", value=caller.function_name)

    outputs = local_aws.deploy(stack)

    told = local_aws.client("lambda").invoke(FunctionName=outputs.pop("Function"))["Payload"].read()
    for address in [*outputs.values(), json.loads(told)["body"]]:
        assert address.startswith(f"{local_aws.endpoint}/_aws/")
        with urllib.request.urlopen(address, timeout=10) as response:
            assert response.read() == b"films"


@pytest.mark.parametrize("environment", [False, True], ids=["client of the fixture", "environment"])
def test_step_functions__operations_with_a_host_of_their_own__are_answered(
    local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch, environment: bool
) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    machine = sfn.StateMachine(
        stack,
        "Machine",
        state_machine_type=sfn.StateMachineType.EXPRESS,
        definition_body=sfn.DefinitionBody.from_chainable(sfn.Pass(stack, "Pass")),
    )
    cdk.CfnOutput(stack, "Arn", value=machine.state_machine_arn)
    arn = local_aws.deploy(stack)["Arn"]
    client = local_aws.client("stepfunctions")
    if environment:
        for name, value in local_aws.environment.items():
            monkeypatch.setenv(name, value)
        client = boto3.session.Session().client("stepfunctions")

    ran = client.start_sync_execution(stateMachineArn=arn, input='{"films": 1}')
    assert (ran["status"], json.loads(ran["output"])) == ("SUCCEEDED", {"films": 1})

    state = {"Type": "Pass", "Result": {"films": 2}, "End": True}
    tried = client.test_state(
        definition=json.dumps(state), roleArn="arn:aws:iam::000000000000:role/r", input="{}"
    )
    assert (tried["status"], json.loads(tried["output"])) == ("SUCCEEDED", {"films": 2})
