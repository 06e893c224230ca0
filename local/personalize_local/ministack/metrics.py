"""The metrics of Amazon Personalize in CloudWatch (cloudwatch-metrics in its Developer Guide).

Only those of GetRecommendations and GetPersonalizedRanking: not those of imports, trainings and events.
"""

from __future__ import annotations

from collections.abc import Mapping

from ministack.services import cloudwatch

NAMESPACE = "AWS/Personalize"

_OPERATIONS = {"GetRecommendations", "GetPersonalizedRanking"}
# AWS documents the first one only; the metrics of a recommender have the second one (?).
_DIMENSIONS = {"campaignArn": "CampaignArn", "recommenderArn": "RecommenderArn"}
_OK, _SERVER_ERROR = 200, 500


def publish(operation: str, request: Mapping[str, object], status: int, milliseconds: float) -> None:
    """Publish the metrics of a call.

    Args:
        operation: The operation that was called.
        request: The request.
        status: The HTTP status of the response.
        milliseconds: How long it took.
    """
    dimensions = {name: request[member] for member, name in _DIMENSIONS.items() if request.get(member)}
    if operation not in _OPERATIONS or not dimensions:
        return
    if status == _OK:
        cloudwatch.record_metric(NAMESPACE, operation, 1, "Count", dimensions)
        cloudwatch.record_metric(NAMESPACE, f"{operation}Latency", milliseconds, "Milliseconds", dimensions)
    else:
        kind = "5xx" if status >= _SERVER_ERROR else "4xx"
        cloudwatch.record_metric(NAMESPACE, f"{operation}{kind}Errors", 1, "Count", dimensions)
