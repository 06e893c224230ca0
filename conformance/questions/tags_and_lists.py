"""Tags, lists, recipes, and the quota on solutions."""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import ClientError

from conformance.account import ACCEPTED, INVALID, NOT_FOUND, code, message
from conformance.question import Question, Seen
from conformance.shared import Shared

_TOO_MANY = "TooManyTagsException"


def _tags(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"tagKey": key, "tagValue": value} for key, value in pairs]


def _numbered(most: int) -> list[dict[str, str]]:
    return _tags(*((f"key-{number}", "value") for number in range(most)))


def _tag(*pairs: tuple[str, str]) -> Callable[[Shared], Seen]:
    """Tag the shared solution."""
    return lambda shared: shared.account.outcome(
        "TagResource", resourceArn=shared.solution(), tags=_tags(*pairs)
    )


def _at_creation(shared: Shared) -> Seen:
    return shared.try_solution("51-tags", tags=_numbered(51))


def _by_two_calls(shared: Shared) -> Seen:
    arn = shared.create_solution("50-tags", tags=_numbered(50))
    shared.account.wait_until_active("Solution", arn)
    seen = shared.account.outcome("TagResource", resourceArn=arn, tags=_tags(("another", "value")))
    shared.discard(arn)
    return seen


def _right_after(shared: Shared) -> Seen:
    tags = _tags(("key", "value"), ("empty", ""))
    arn = shared.create_solution("tagged", tags=tags)
    listed = shared.account.call("ListTagsForResource", resourceArn=arn)["tags"]
    shared.discard(arn)
    return Seen("all" if sorted(map(str, listed)) == sorted(map(str, tags)) else "others", str(listed))


def _untag(shared: Shared) -> Seen:
    return shared.account.outcome("UntagResource", resourceArn=shared.solution(), tagKeys=["absent"])


def _missing(shared: Shared) -> Seen:
    shared.empty_group()
    arn = shared.account.arn(f"solution/{shared.account.named('absent')}")
    return shared.account.outcome("ListTagsForResource", resourceArn=arn)


def _new_is_listed(shared: Shared) -> Seen:
    arn = shared.create_solution("listed")
    described = shared.account.outcome("DescribeSolution", solutionArn=arn)
    listed = shared.listed()
    shared.discard(arn)
    if described.answer != ACCEPTED:
        return Seen("not described", described.message)
    return Seen("yes" if arn in listed else "not listed")


def _order(shared: Shared) -> Seen:
    shared.solution()
    arns = []
    for label in ("order-b", "order-a", "order-c"):
        arns.append(shared.create_solution(label))
        shared.account.sleep(shared.account.between_polls)
    listed = [arn for arn in shared.listed() if arn in arns]
    for arn in arns:
        shared.discard(arn)
    orders = {"oldest first": arns, "newest first": arns[::-1], "by name": sorted(arns)}
    return Seen(
        next((name for name, order in orders.items() if order == listed), "another"), ", ".join(listed)
    )


def _too_long_page(shared: Shared) -> Seen:
    return shared.account.outcome("ListSolutions", maxResults=101)


def _bad_token(shared: Shared) -> Seen:
    return shared.account.outcome("ListSolutions", nextToken="no-token")


def _unknown_group(shared: Shared) -> Seen:
    shared.empty_group()
    group = shared.account.arn(f"dataset-group/{shared.account.named('absent')}")
    seen = shared.account.outcome("ListSolutions", datasetGroupArn=group)
    return Seen("an empty list", seen.message) if seen.answer == ACCEPTED else seen


def _no_versions(shared: Shared) -> Seen:
    answer = shared.account.call("ListSolutionVersions", solutionArn=shared.solution())
    return Seen(str(len(answer["solutionVersions"])))


def _recipes(shared: Shared) -> Seen:
    recipes = shared.account.call("ListRecipes", maxResults=100)["recipes"]
    return Seen(
        ", ".join(sorted(each["name"].removeprefix("aws-") for each in recipes if not each.get("domain")))
    )


def _room(shared: Shared) -> Seen:
    """Create solutions in the empty group until the service refuses."""
    group = shared.empty_group()
    for number in range(25):
        try:
            shared.create_solution(f"room-{number}", datasetGroupArn=group)
        except ClientError as error:
            return Seen(f"{number}, then {code(error)}", message(error))
    return Seen("25 or more")


QUESTIONS: tuple[Question, ...] = (
    Question("tags-at-creation", (17,), "CreateSolution with 51 tags", _TOO_MANY, _at_creation),
    Question("tags-by-two-calls", (17,), "TagResource beyond 50 tags", _TOO_MANY, _by_two_calls),
    Question(
        "tags-right-after",
        (64, 100),
        "Tags that ListTagsForResource returns right after CreateSolution",
        "all",
        _right_after,
    ),
    Question("tags-twice", (17,), "A tag key twice in a request", INVALID, _tag(("key", "a"), ("key", "b"))),
    Question("tags-aws-key", (17,), "A tag key that begins with aws:", INVALID, _tag(("aws:key", "value"))),
    Question(
        "tags-aws-value", (17,), "A tag value that begins with aws:", INVALID, _tag(("key", "aws:value"))
    ),
    Question("tags-comma", (17,), "A comma in a tag's value", "ValidationException", _tag(("key", "a,b"))),
    Question("tags-empty-value", (17,), "An empty tag value", ACCEPTED, _tag(("empty", ""))),
    Question("tags-untag-absent", (17,), "UntagResource of a key that the resource lacks", ACCEPTED, _untag),
    Question(
        "tags-missing", (130,), "ListTagsForResource of a solution that does not exist", NOT_FOUND, _missing
    ),
    Question(
        "list-new",
        (64,),
        "Do Describe and List show a solution right after its creation?",
        "yes",
        _new_is_listed,
    ),
    Question("list-order", (95,), "The order of ListSolutions", "oldest first", _order),
    Question(
        "list-page", (101,), "ListSolutions with maxResults of 101", "ValidationException", _too_long_page
    ),
    Question(
        "list-token", (101,), "ListSolutions with a wrong nextToken", "InvalidNextTokenException", _bad_token
    ),
    Question(
        "list-group",
        (101,),
        "ListSolutions of a dataset group that does not exist",
        "an empty list",
        _unknown_group,
    ),
    Question(
        "list-versions", (95,), "Number of versions of a solution that was never trained", "0", _no_versions
    ),
    Question(
        "recipes",
        (43, 44),
        "The recipes without a domain",
        "item-affinity, item-attribute-affinity, next-best-action, personalized-ranking, "
        "personalized-ranking-v2, popularity-count, semantic-similarity, similar-items, sims, trending-now, "
        "user-personalization, user-personalization-v2",
        _recipes,
    ),
    Question(
        "quota-solutions",
        (116, 120),
        "How many solutions has a dataset group room for, and what is the error?",
        "10, then LimitExceededException",
        _room,
    ),
)
