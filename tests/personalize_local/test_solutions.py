from __future__ import annotations

from datetime import timedelta

import pytest

from support.virtual_time.simulated import DAY, START, Simulated


def test_create__new_name__answers_the_arn_and_is_active_at_once(sim: Simulated) -> None:
    arn = sim.create(name="watch-next")
    assert arn == "arn:aws:personalize:us-east-1:123456789012:solution/watch-next"
    assert sim.status(arn) == "ACTIVE"


@pytest.mark.usefixtures("a_second_to_create")
def test_create__with_a_duration__becomes_active_when_it_ends(sim: Simulated) -> None:
    arn = sim.create(name="watch-next")
    assert sim.status(arn) == "CREATE PENDING"
    sim.advance(0.5)
    assert sim.status(arn) == "CREATE IN_PROGRESS"
    sim.advance(0.5)
    assert sim.status(arn) == "ACTIVE"


def test_create__in_a_chinese_region__has_that_partition(sim: Simulated) -> None:
    sim.scope = sim.scope.of("cn-north-1", "123456789012")
    group = sim.create_group("films")
    assert group == "arn:aws-cn:personalize:cn-north-1:123456789012:dataset-group/films"
    assert (
        sim.create(datasetGroupArn=group)
        == "arn:aws-cn:personalize:cn-north-1:123456789012:solution/watch-next"
    )


@pytest.mark.usefixtures("a_second_to_create")
def test_describe__of_a_minimal_solution__has_the_defaults_and_no_tags(sim: Simulated) -> None:
    arn = sim.active(performAutoTraining=None, tags=[{"tagKey": "team", "tagValue": "a"}])
    assert sim.solution(arn) == {
        "name": "watch-next",
        "solutionArn": arn,
        "status": "ACTIVE",
        "datasetGroupArn": sim.group,
        "recipeArn": "arn:aws:personalize:::recipe/aws-user-personalization-v2",
        "performAutoML": False,
        "performHPO": False,
        "performAutoTraining": True,
        "performIncrementalUpdate": False,
        "solutionConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(7 days)"}},
        "creationDateTime": START + timedelta(seconds=1),
        "lastUpdatedDateTime": START + timedelta(seconds=2),
    }


def test_describe__of_a_full_solution__gives_back_what_was_sent(sim: Simulated) -> None:
    config = {
        "eventsConfig": {"eventParametersList": [{"eventType": "buy", "weight": 0.5}]},
        "algorithmHyperParameters": {"apply_recency_bias": "false"},
        "trainingDataConfig": {"excludedDatasetColumns": {"Items": ["TITLE"]}},
    }
    arn = sim.active(eventType="buy", performHPO=True, solutionConfig=config)
    solution = sim.solution(arn)
    assert (solution["eventType"], solution["performHPO"]) == ("buy", True)
    assert solution["solutionConfig"] == config


def test_describe__of_renamed_parameters__answers_in_the_services_own_words(sim: Simulated) -> None:
    ranges = {
        "integerHyperParameterRanges": [{"name": "bptt", "minValue": 20, "maxValue": 30}],
        "categoricalHyperParameterRanges": [{"name": "recency_mask", "values": ["true"]}],
    }
    arn = sim.active(
        recipeArn=sim.recipe("aws-user-personalization"),
        performHPO=True,
        solutionConfig={
            "hpoConfig": {"algorithmHyperParameterRanges": ranges},
            "featureTransformationParameters": {"min_user_history_length_percentile": "0.1"},
        },
    )
    config = sim.solution(arn)["solutionConfig"]
    assert config["featureTransformationParameters"] == {"min_hist_length_percentile": "0.1"}
    described = config["hpoConfig"]["algorithmHyperParameterRanges"]
    assert described["integerHyperParameterRanges"][0]["name"] == "training.bptt"
    assert described["categoricalHyperParameterRanges"][0]["name"] == "data.recency_mask"


def test_create__with_auto_ml__needs_no_recipe_and_always_optimizes(sim: Simulated) -> None:
    solution = sim.solution(sim.active(recipeArn=None, performAutoML=True))
    assert solution["performAutoML"] is True
    assert solution["performHPO"] is True
    assert "recipeArn" not in solution


@pytest.mark.usefixtures("a_second_to_create")
def test_create__taken_name__is_refused_even_while_being_deleted(sim: Simulated) -> None:
    arn = sim.active()
    taken = ("ResourceAlreadyExistsException", f"Another resource with Arn {arn} already exists.")
    assert sim.refusal("CreateSolution", **sim.request()) == taken
    sim.call("DeleteSolution", solutionArn=arn)
    assert sim.refusal("CreateSolution", **sim.request()) == taken
    sim.advance(1)
    assert sim.create() == arn
    assert sim.status(arn) == "CREATE PENDING"


def test_create__same_name_in_another_account_or_region__is_another_solution(sim: Simulated) -> None:
    arn = sim.create()
    for region, account in (("eu-west-1", "123456789012"), ("us-east-1", "210987654321")):
        sim.scope = sim.scope.of(region, account)
        group = sim.create_group("films")
        assert (
            sim.create(datasetGroupArn=group) == f"arn:aws:personalize:{region}:{account}:solution/watch-next"
        )
        assert sim.refusal("DescribeSolution", solutionArn=arn)[0] == "ResourceNotFoundException"


def test_create__dataset_group_of_nobody__is_not_found(sim: Simulated) -> None:
    code, message = sim.refusal("CreateSolution", **sim.request(datasetGroupArn=f"{sim.group}-2"))
    assert code == "ResourceNotFoundException"
    assert f"{sim.group}-2" in message


def test_create__dataset_group_not_yet_active__is_refused(sim: Simulated) -> None:
    group = sim.call("CreateDatasetGroup", name="books")["datasetGroupArn"]
    code, message = sim.refusal("CreateSolution", **sim.request(datasetGroupArn=group))
    assert code == "InvalidInputException"
    assert "CREATE PENDING" in message


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:personalize:::recipe/aws-magic",
        "arn:aws:personalize:us-east-1::recipe/aws-sims",
        "arn:aws-cn:personalize:::recipe/aws-sims",
        "arn:aws:personalize:::algorithm/aws-sims",
    ],
)
def test_create__recipe_of_nobody__is_not_found(sim: Simulated, arn: str) -> None:
    code, message = sim.refusal("CreateSolution", **sim.request(recipeArn=arn))
    assert code == "ResourceNotFoundException"
    assert arn in message


def test_create__told_to_fail__ends_failed_and_can_be_deleted(sim: Simulated) -> None:
    sim.fail("solution", name="watch-*")
    arn = sim.active(performAutoTraining=True)
    assert sim.status(arn) == "CREATE FAILED"
    assert "failureReason" not in sim.solution(arn)
    [account] = sim.service.state()["accounts"]
    assert account["solutions"][0]["failureReason"] == "out of data"
    sim.advance(30 * DAY)
    assert sim.versions(arn) == []
    sim.call("DeleteSolution", solutionArn=arn)


def test_create__told_to_fail__fails_once_and_only_matching_names(sim: Simulated) -> None:
    sim.fail("solution", name="other")
    assert sim.status(sim.active(name="mine")) == "ACTIVE"
    assert sim.status(sim.active(name="other")) == "CREATE FAILED"
    assert sim.status(sim.active(name="other-2")) == "ACTIVE"


def test_create__beyond_the_groups_quota__is_refused_until_one_is_gone(sim: Simulated) -> None:
    arns = [sim.active(name=f"s{n}") for n in range(10)]
    code, message = sim.refusal("CreateSolution", **sim.request(name="s10"))
    assert code == "LimitExceededException"
    assert "More than 10 solutions" in message
    other = sim.create_group("books")
    sim.create(name="elsewhere", datasetGroupArn=other)
    sim.call("DeleteSolution", solutionArn=arns[0])
    sim.advance(1)
    sim.create(name="s10")


def test_create__failed_solutions__do_not_count_against_the_quota(sim: Simulated) -> None:
    for n in range(10):
        sim.fail("solution")
        sim.active(name=f"s{n}")
    assert sim.status(sim.active(name="s10")) == "ACTIVE"


def test_list__by_dataset_group__has_its_solutions_oldest_first(sim: Simulated) -> None:
    other = sim.create_group("books")
    names = ["b", "a", "c"]
    for name in names:
        sim.active(name=name)
    sim.active(name="z", datasetGroupArn=other)
    mine = sim.call("ListSolutions", datasetGroupArn=sim.group)["solutions"]
    assert [solution["name"] for solution in mine] == names
    assert set(mine[0]) == {
        "name",
        "solutionArn",
        "status",
        "recipeArn",
        "creationDateTime",
        "lastUpdatedDateTime",
    }
    assert len(sim.call("ListSolutions")["solutions"]) == 4


def test_update__takes_effect_only_when_it_is_done(sim: Simulated) -> None:
    arn = sim.active()
    assert "latestSolutionUpdate" not in sim.solution(arn)
    events = {"eventParametersList": [{"eventType": "buy"}]}
    answer = sim.call("UpdateSolution", solutionArn=arn, solutionUpdateConfig={"eventsConfig": events})
    assert answer == {"solutionArn": arn}
    sim.advance(1)
    running = sim.solution(arn)
    assert running["status"] == "ACTIVE"
    assert running["latestSolutionUpdate"]["status"] == "CREATE IN_PROGRESS"
    assert running["latestSolutionUpdate"]["solutionUpdateConfig"] == {"eventsConfig": events}
    assert "eventsConfig" not in running["solutionConfig"]
    sim.advance(1)
    done = sim.solution(arn)
    assert done["latestSolutionUpdate"]["status"] == "ACTIVE"
    assert done["solutionConfig"]["eventsConfig"] == events
    assert done["lastUpdatedDateTime"] == done["latestSolutionUpdate"]["lastUpdatedDateTime"]


def test_update__events_config__replaces_the_whole_of_the_old_one(sim: Simulated) -> None:
    old = {"eventParametersList": [{"eventType": "buy"}, {"eventType": "click"}]}
    new = {"eventParametersList": [{"eventType": "like"}]}
    bias = {"algorithmHyperParameters": {"apply_recency_bias": "true"}}
    arn = sim.active(solutionConfig={"eventsConfig": old} | bias)
    sim.call("UpdateSolution", solutionArn=arn, solutionUpdateConfig={"eventsConfig": new})
    sim.advance(2)
    assert sim.solution(arn)["solutionConfig"] == {"eventsConfig": new} | bias


def test_update__told_to_fail__leaves_the_old_configuration_and_says_why(sim: Simulated) -> None:
    arn = sim.active()
    sim.fail("solution_update", reason="no luck")
    sim.call("UpdateSolution", solutionArn=arn, performAutoTraining=True)
    sim.advance(2)
    solution = sim.solution(arn)
    assert solution["status"] == "ACTIVE"
    assert solution["performAutoTraining"] is False
    assert solution["latestSolutionUpdate"]["status"] == "CREATE FAILED"
    assert solution["latestSolutionUpdate"]["failureReason"] == "no luck"
    sim.call("UpdateSolution", solutionArn=arn, performAutoTraining=True)
    sim.advance(2)
    assert sim.solution(arn)["performAutoTraining"] is True


def test_update__while_one_runs__is_refused(sim: Simulated) -> None:
    arn = sim.active()
    sim.call("UpdateSolution", solutionArn=arn, performAutoTraining=True)
    code, message = sim.refusal("UpdateSolution", solutionArn=arn, performAutoTraining=False)
    assert code == "ResourceInUseException"
    assert "update in progress" in message


@pytest.mark.usefixtures("a_second_to_create")
def test_update__of_a_solution_that_is_not_active__is_refused(sim: Simulated) -> None:
    arn = sim.create()
    code, message = sim.refusal("UpdateSolution", solutionArn=arn, performAutoTraining=True)
    assert code == "ResourceInUseException"
    assert "CREATE PENDING" in message
    assert sim.refusal("UpdateSolution", solutionArn=f"{arn}-2")[0] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "members",
    [
        {"performIncrementalUpdate": True},
        {"solutionUpdateConfig": {"eventsConfig": {"eventParametersList": [{"eventType": "buy"}]}}},
        {"solutionUpdateConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(31 days)"}}},
    ],
)
def test_update__to_what_the_recipe_or_rules_forbid__is_refused(
    sim: Simulated, members: dict[str, object]
) -> None:
    arn = sim.active(recipeArn=sim.recipe("aws-sims"))
    assert sim.refusal("UpdateSolution", solutionArn=arn, **members)[0] == "InvalidInputException"
    assert "latestSolutionUpdate" not in sim.solution(arn)


def test_update__incremental__is_reported_by_the_solution(sim: Simulated) -> None:
    arn = sim.active(recipeArn=sim.recipe("aws-semantic-similarity"))
    sim.call("UpdateSolution", solutionArn=arn, performIncrementalUpdate=True)
    sim.advance(2)
    assert sim.solution(arn)["performIncrementalUpdate"] is True


def test_delete__of_an_active_solution__takes_its_time_then_takes_its_versions_too(sim: Simulated) -> None:
    arn = sim.active()
    version = sim.trained(arn)
    assert sim.call("DeleteSolution", solutionArn=arn) == {}
    assert sim.status(arn) == "DELETE PENDING"
    sim.advance(0.5)
    assert sim.status(arn) == "DELETE IN_PROGRESS"
    sim.advance(0.5)
    for operation, members in (
        ("DescribeSolution", {"solutionArn": arn}),
        ("DescribeSolutionVersion", {"solutionVersionArn": version}),
        ("ListSolutionVersions", {"solutionArn": arn}),
        ("DeleteSolution", {"solutionArn": arn}),
    ):
        assert sim.refusal(operation, **members)[0] == "ResourceNotFoundException"
    assert sim.call("ListSolutions") == {"solutions": []}
    assert sim.call("ListSolutionVersions") == {"solutionVersions": []}


@pytest.mark.usefixtures("a_second_to_create")
def test_delete__while_pending_or_being_deleted__is_refused(sim: Simulated) -> None:
    arn = sim.create()
    code, message = sim.refusal("DeleteSolution", solutionArn=arn)
    assert code == "ResourceInUseException"
    assert "CREATE PENDING" in message
    sim.advance(1)
    sim.call("DeleteSolution", solutionArn=arn)
    assert "DELETE PENDING" in sim.refusal("DeleteSolution", solutionArn=arn)[1]


def test_delete__during_an_update__is_refused(sim: Simulated) -> None:
    arn = sim.active()
    sim.call("UpdateSolution", solutionArn=arn, performAutoTraining=True)
    code, message = sim.refusal("DeleteSolution", solutionArn=arn)
    assert code == "ResourceInUseException"
    assert "update in progress" in message
    sim.advance(2)
    sim.call("DeleteSolution", solutionArn=arn)


def test_delete__while_a_version_trains_or_stops__is_refused(sim: Simulated) -> None:
    arn = sim.active()
    version = sim.train(arn)
    for status in ("CREATE PENDING", "CREATE IN_PROGRESS"):
        code, message = sim.refusal("DeleteSolution", solutionArn=arn)
        assert code == "ResourceInUseException"
        assert f"{version} is {status}" in message
        sim.advance(600)
    version = sim.train(arn)
    sim.advance(600)
    sim.call("StopSolutionVersionCreation", solutionVersionArn=version)
    assert f"{version} is CREATE STOPPING" in sim.refusal("DeleteSolution", solutionArn=arn)[1]
    sim.advance(2)
    sim.call("DeleteSolution", solutionArn=arn)


def test_delete__while_a_campaign_uses_it__is_refused_until_that_is_gone(sim: Simulated) -> None:
    arn = sim.active()
    campaign = sim.campaign(sim.trained(arn))
    sim.advance(5)
    code, message = sim.refusal("DeleteSolution", solutionArn=arn)
    assert code == "ResourceInUseException"
    assert campaign in message
    sim.call("DeleteCampaign", campaignArn=campaign)
    assert campaign in sim.refusal("DeleteSolution", solutionArn=arn)[1]
    sim.advance(1)
    sim.call("DeleteSolution", solutionArn=arn)


def test_delete__of_a_solution_whose_name_begins_anothers__looks_at_its_own_campaigns(sim: Simulated) -> None:
    short, long = sim.active(name="next"), sim.active(name="next-2")
    sim.campaign(sim.trained(long))
    sim.call("DeleteSolution", solutionArn=short)
