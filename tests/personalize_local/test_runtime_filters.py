"""Filters, promotions and metadata in requests for recommendations."""

from __future__ import annotations

from typing import Any

import pytest

from support.virtual_time.simulated import Simulated

GENRES = {"alien": "horror", "heat": "crime", "jaws": "horror", "shrek": "comedy", "up": "comedy"}
TITLES = list(GENRES)


@pytest.fixture
def shop(sim: Simulated) -> Simulated:
    """A group with items, one user and an event, and a campaign that recommends these items."""
    items, users = sim.dataset("Items"), sim.dataset("Users")
    records = [{"itemId": item, "properties": f'{{"genre": "{genre}"}}'} for item, genre in GENRES.items()]
    sim.call("PutItems", datasetArn=items, items=records)
    sim.call("PutUsers", datasetArn=users, users=[{"userId": "ann", "properties": '{"age": 12}'}])
    tracker = sim.call("CreateEventTracker", name="site", datasetGroupArn=sim.group)
    sim.advance(1)
    happened(sim, tracker["trackingId"], "ann", "up")
    sim.service.recommend(TITLES)
    campaign(sim)
    return sim


def happened(sim: Simulated, tracking_id: str, user: str, item: str, kind: str = "Watch") -> None:
    event = {"eventType": kind, "sentAt": 1767225600, "itemId": item}
    sim.call("PutEvents", trackingId=tracking_id, sessionId="s", userId=user, eventList=[event])


def campaign(
    sim: Simulated, recipe: str = "aws-user-personalization-v2", name: str = "home-page", **config: object
) -> str:
    version = sim.trained(sim.active(name=name, recipeArn=sim.recipe(recipe)))
    arn = sim.campaign(version, name=name, campaignConfig=config)
    sim.advance(5)
    return arn


def narrowed(sim: Simulated, expression: str, name: str = "calm", **members: object) -> str:
    parts = {"name": name, "datasetGroupArn": sim.group, "filterExpression": expression} | members
    arn = sim.call("CreateFilter", **parts)["filterArn"]
    sim.advance(1)
    return str(arn)


def request(sim: Simulated, **members: object) -> dict[str, Any]:
    return {"campaignArn": sim.scope.arn("campaign", "home-page"), "userId": "ann"} | members


def items(sim: Simulated, **members: object) -> list[dict[str, Any]]:
    return list(sim.call("GetRecommendations", **request(sim, **members))["itemList"])


def ids(sim: Simulated, **members: object) -> list[str]:
    return [item["itemId"] for item in items(sim, **members)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('EXCLUDE ItemID WHERE Items.GENRE IN ("horror")', ["heat", "shrek", "up"]),
        ('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")', ["alien", "heat", "jaws", "shrek"]),
        (
            'EXCLUDE ItemID WHERE Items.GENRE IN ("horror") IF CurrentUser.AGE < 18',
            ["heat", "shrek", "up"],
        ),
    ],
)
def test_filter__in_a_request__narrows_the_recommendations(
    shop: Simulated, expression: str, expected: list[str]
) -> None:
    assert ids(shop, filterArn=narrowed(shop, expression)) == expected


def test_filter__with_a_number_of_results__fills_them_from_what_is_left(shop: Simulated) -> None:
    arn = narrowed(shop, 'EXCLUDE ItemID WHERE Items.GENRE IN ("horror")')
    assert ids(shop, filterArn=arn, numResults=2) == ["heat", "shrek"]


def test_filter__with_parameters__needs_a_value_to_include_by(shop: Simulated) -> None:
    arn = narrowed(shop, "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)")
    assert ids(shop, filterArn=arn, filterValues={"GENRE": '"crime","comedy"'}) == ["heat", "shrek", "up"]
    code, message = shop.refusal("GetRecommendations", **request(shop, filterArn=arn))
    assert (code, "filterValues must have a value for GENRE" in message) == ("InvalidInputException", True)


def test_filter__not_there_or_not_active_or_of_another_group__is_refused(shop: Simulated) -> None:
    missing = shop.scope.arn("filter", "none")
    assert shop.refusal("GetRecommendations", **request(shop, filterArn=missing)) == (
        "ResourceNotFoundException",
        f"Resource Arn {missing} does not exist.",
    )
    shop.service.set_durations(filter=5)
    expression = 'EXCLUDE ItemID WHERE Items.GENRE IN ("horror")'
    arn = narrowed(shop, expression)
    code, message = shop.refusal("GetRecommendations", **request(shop, filterArn=arn))
    assert (code, "wait until it is ACTIVE" in message) == ("InvalidInputException", True)
    shop.service.set_durations(filter=1)
    other = narrowed(shop, expression, name="other", datasetGroupArn=shop.create_group("books"))
    code, message = shop.refusal("GetRecommendations", **request(shop, filterArn=other))
    assert (code, "must be in the dataset group" in message) == ("InvalidInputException", True)


def test_filter__on_the_user_without_a_user__is_refused(shop: Simulated) -> None:
    popular = campaign(shop, "aws-popularity-count", "popular")
    arn = narrowed(shop, 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")')
    code, message = shop.refusal("GetRecommendations", campaignArn=popular, filterArn=arn)
    assert (code, "userId must be given" in message) == ("InvalidInputException", True)
    answer = shop.call("GetRecommendations", campaignArn=popular, filterArn=arn, userId="ann")
    assert [item["itemId"] for item in answer["itemList"]] == ["alien", "heat", "jaws", "shrek"]


def test_filter__on_the_current_item__is_for_related_items(shop: Simulated) -> None:
    related = campaign(shop, "aws-similar-items", "related")
    arn = narrowed(shop, "INCLUDE ItemID WHERE Items.GENRE IN CurrentItem.GENRE")
    answer = shop.call("GetRecommendations", campaignArn=related, filterArn=arn, itemId="up")
    assert [item["itemId"] for item in answer["itemList"]] == ["shrek", "up"]
    code, message = shop.refusal("GetRecommendations", **request(shop, filterArn=arn))
    assert (code, "related items only" in message) == ("InvalidInputException", True)


def test_filter__of_users__is_refused(shop: Simulated) -> None:
    arn = narrowed(shop, "EXCLUDE UserID WHERE Users.AGE < 18")
    code, message = shop.refusal("GetRecommendations", **request(shop, filterArn=arn))
    assert (code, "got USERID" in message) == ("InvalidInputException", True)


def test_promotion__of_half__takes_random_places_and_keeps_both_orders(shop: Simulated) -> None:
    promoting = {
        "name": "comedies",
        "percentPromotedItems": 50,
        "filterArn": narrowed(shop, 'INCLUDE ItemID WHERE Items.GENRE IN ("comedy")'),
    }
    orders = set()
    for _ in range(20):
        found = items(shop, numResults=4, promotions=[promoting])
        promoted = [item for item in found if "promotionName" in item]
        assert [item["itemId"] for item in promoted] == ["shrek", "up"]
        assert all(item["promotionName"] == "comedies" for item in promoted)
        assert all(item["reason"] == ["Promoted item"] for item in promoted)
        assert [item["itemId"] for item in found if item not in promoted] == ["alien", "heat"]
        orders.add(tuple(item["itemId"] for item in found))
    assert len(orders) > 1


def test_promotion__with_a_request_filter__is_not_narrowed_by_it(shop: Simulated) -> None:
    promoting = {
        "name": "comedies",
        "percentPromotedItems": 50,
        "filterArn": narrowed(shop, "INCLUDE ItemID WHERE Items.GENRE IN ($G)"),
        "filterValues": {"G": '"comedy"'},
    }
    no_comedy = narrowed(shop, 'EXCLUDE ItemID WHERE Items.GENRE IN ("comedy")', name="no-comedy")
    found = ids(shop, numResults=4, promotions=[promoting], filterArn=no_comedy)
    assert sorted(found) == ["alien", "heat", "shrek", "up"]


def test_promotion__with_too_few_items__has_as_many_as_there_are(shop: Simulated) -> None:
    promoting = {
        "name": "crime",
        "percentPromotedItems": 100,
        "filterArn": narrowed(shop, 'INCLUDE ItemID WHERE Items.GENRE IN ("crime")'),
    }
    found = items(shop, promotions=[promoting])
    assert [item["itemId"] for item in found if "promotionName" in item] == ["heat"]
    assert sorted(item["itemId"] for item in found) == TITLES


def test_promotion__without_a_filter__is_refused(shop: Simulated) -> None:
    promoting = {"name": "all", "percentPromotedItems": 50}
    code, message = shop.refusal("GetRecommendations", **request(shop, promotions=[promoting]))
    assert (code, message) == ("InvalidInputException", "promotions must have filterArn")


def test_promotion__of_more_than_one__is_a_validation_error(shop: Simulated) -> None:
    one = {"name": "all", "percentPromotedItems": 50}
    code, message = shop.refusal("GetRecommendations", **request(shop, promotions=[one, one]))
    assert (code, "promotions" in message) == ("ValidationException", True)


def test_metadata__of_a_v2_recipe__is_there_without_a_flag(shop: Simulated) -> None:
    shop.service.recommend(["heat", "unknown"])
    found = items(shop, metadataColumns={"ITEMS": ["GENRE"]})
    assert [item["metadata"] for item in found] == [{"GENRE": "crime"}, {}]
    assert "metadata" not in items(shop)[0]


def test_metadata__of_another_recipe__needs_the_flag(shop: Simulated) -> None:
    off = campaign(shop, "aws-sims", "off")
    wanted: dict[str, Any] = {"itemId": "up", "metadataColumns": {"ITEMS": ["GENRE"]}, "numResults": 1}
    code, message = shop.refusal("GetRecommendations", campaignArn=off, **wanted)
    assert (code, "set enableMetadataWithRecommendations" in message) == ("InvalidInputException", True)
    on = campaign(shop, "aws-sims", "on", enableMetadataWithRecommendations=True)
    [found] = shop.call("GetRecommendations", campaignArn=on, **wanted)["itemList"]
    assert found == {"itemId": "alien", "metadata": {"GENRE": "horror"}}


@pytest.mark.parametrize(
    ("columns", "results", "words"),
    [
        ({"ITEMS": ["GENRE"]}, 51, "numResults must be at most 50: got 51"),
        ({"ITEMS": ["PLOT"]}, 5, "the Items dataset has no column PLOT"),
        ({"USERS": ["AGE"]}, 5, "must have the key ITEMS: got USERS"),
        ({"ITEMS": ["GENRE"] * 11}, 5, "must have at most 10 columns: got 11"),
    ],
)
def test_metadata__beyond_its_bounds__is_refused(
    shop: Simulated, columns: dict[str, list[str]], results: int, words: str
) -> None:
    refused = request(shop, metadataColumns=columns, numResults=results)
    code, message = shop.refusal("GetRecommendations", **refused)
    assert (code, words in message) == ("InvalidInputException", True), message


def test_context__of_a_request__is_taken(shop: Simulated) -> None:
    assert ids(shop, context={"DEVICE": "phone"}) == TITLES


@pytest.fixture
def ranking(shop: Simulated) -> str:
    return campaign(shop, "aws-personalized-ranking", "ranking", enableMetadataWithRecommendations=True)


def ranked(sim: Simulated, arn: str, inputs: list[str], **members: object) -> list[dict[str, Any]]:
    answer = sim.call("GetPersonalizedRanking", campaignArn=arn, userId="ann", inputList=inputs, **members)
    assert answer["recommendationId"].startswith("RID-")
    return list(answer["personalizedRanking"])


def test_ranking__of_a_list__sorts_known_items_and_puts_unknown_ones_last(
    shop: Simulated, ranking: str
) -> None:
    found = ranked(shop, ranking, ["b", "up", "a", "alien", "up", "heat"])
    assert [item["itemId"] for item in found] == ["alien", "heat", "up", "b", "a"]
    scores = [item["score"] for item in found]
    assert scores == sorted(scores, reverse=True)
    assert (sum(scores), scores[3:]) == (pytest.approx(1, abs=1e-5), [0, 0])
    assert ranked(shop, ranking, []) == []


def test_ranking__with_a_filter_and_metadata__removes_items(shop: Simulated, ranking: str) -> None:
    arn = narrowed(shop, 'EXCLUDE ItemID WHERE Items.GENRE IN ("horror")')
    found = ranked(
        shop, ranking, ["up", "alien", "heat"], filterArn=arn, metadataColumns={"ITEMS": ["GENRE"]}
    )
    assert [(item["itemId"], item["metadata"]["GENRE"]) for item in found] == [
        ("heat", "crime"),
        ("up", "comedy"),
    ]


def test_ranking__more_than_500_or_of_another_recipe__is_refused(shop: Simulated, ranking: str) -> None:
    many = {"userId": "ann", "inputList": [str(number) for number in range(501)]}
    assert shop.refusal("GetPersonalizedRanking", campaignArn=ranking, **many) == (
        "InvalidInputException",
        "inputList must be at most 500: got 501",
    )
    code, message = shop.refusal("GetPersonalizedRanking", **request(shop, inputList=["up"]))
    assert (code, "use GetRecommendations" in message) == ("InvalidInputException", True)


@pytest.fixture
def recommender(sim: Simulated) -> str:
    """An ACTIVE recommender of Top picks for you, in a group with a tracker and one watched video."""
    group = sim.create_group("shows", domain="VIDEO_ON_DEMAND")
    tracker = sim.call("CreateEventTracker", name="site", datasetGroupArn=group)
    recipe = sim.recipe("aws-vod-top-picks")
    arn = sim.call("CreateRecommender", name="picks", datasetGroupArn=group, recipeArn=recipe)
    sim.advance(1200)
    happened(sim, tracker["trackingId"], "ann", "up")
    happened(sim, tracker["trackingId"], "ann", "heat", "Click")
    sim.service.recommend(TITLES)
    return str(arn["recommenderArn"])


def test_recommender__of_top_picks__leaves_out_what_the_user_watched(
    sim: Simulated, recommender: str
) -> None:
    answer = sim.call("GetRecommendations", recommenderArn=recommender, userId="ann")
    assert [item["itemId"] for item in answer["itemList"]] == ["alien", "heat", "jaws", "shrek"]
    assert all("score" in item for item in answer["itemList"])
    answer = sim.call("GetRecommendations", recommenderArn=recommender, userId="bob")
    assert [item["itemId"] for item in answer["itemList"]] == TITLES
    assert sim.refusal("GetRecommendations", recommenderArn=recommender) == (
        "InvalidInputException",
        "userId must be given for aws-vod-top-picks",
    )


def test_recommender__stopped__is_not_found_until_it_is_started(sim: Simulated, recommender: str) -> None:
    sim.call("StopRecommender", recommenderArn=recommender)
    sim.advance(2)
    code, _ = sim.refusal("GetRecommendations", recommenderArn=recommender, userId="ann")
    assert code == "ResourceNotFoundException"
    sim.call("StartRecommender", recommenderArn=recommender)
    sim.advance(5)
    sim.call("GetRecommendations", recommenderArn=recommender, userId="ann")


@pytest.mark.parametrize(
    ("use_case", "needed"),
    [
        ("aws-vod-because-you-watched-x", {"userId", "itemId"}),
        ("aws-vod-more-like-x", {"userId", "itemId"}),
        ("aws-vod-most-popular", {"userId"}),
        ("aws-vod-trending-now", set()),
        ("aws-vod-top-picks", {"userId"}),
    ],
)
def test_recommender__of_a_use_case__needs_its_documented_members(
    sim: Simulated, use_case: str, needed: set[str]
) -> None:
    group = sim.create_group("shows", domain="VIDEO_ON_DEMAND")
    parts = {"name": "r", "datasetGroupArn": group, "recipeArn": sim.recipe(use_case)}
    arn = sim.call("CreateRecommender", **parts)["recommenderArn"]
    sim.advance(1200)
    given = dict.fromkeys(sorted(needed), "x")
    for member in given:
        rest = {name: value for name, value in given.items() if name != member}
        code, message = sim.refusal("GetRecommendations", recommenderArn=arn, **rest)
        assert (code, f"{member} must be given" in message) == ("InvalidInputException", True)
    assert len(sim.call("GetRecommendations", recommenderArn=arn, **given)["itemList"]) == 25


def test_filters__of_a_group__have_at_most_20_fields_together(sim: Simulated) -> None:
    def of(first: int) -> str:
        return "EXCLUDE ItemID WHERE " + " OR ".join(f"Items.F{n} > 1" for n in range(first, first + 10))

    narrowed(sim, of(0), "a")
    narrowed(sim, of(5), "b")
    narrowed(sim, of(10), "c")
    parts = {"name": "d", "datasetGroupArn": sim.group, "filterExpression": of(11)}
    code, message = sim.refusal("CreateFilter", **parts)
    assert (code, "More than 20 fields" in message) == ("LimitExceededException", True)
