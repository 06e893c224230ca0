"""What hypothesis draws for the random stacks. The pinned seeds depend on it: a change makes them others."""

from __future__ import annotations

from hypothesis import strategies as st

from personalize_local.simulator import Durations
from support.virtual_time.account import template
from support.virtual_time.call_faults import CallFault
from support.virtual_time.provider_world import SIMS, V2, tag_list

TRAINING_SECONDS = 1200
_OPERATIONS = (
    "*",
    "CreateSolution",
    "DescribeSolution",
    "UpdateSolution",
    "DeleteSolution",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
    "ListSolutionVersions",
    "StopSolutionVersionCreation",
    "DescribeStacks",
    "DescribeStackEvents",
)
_CODES = (
    "LimitExceededException",
    "ResourceInUseException",
    "AccessDeniedException",
    "InvalidInputException",
)
_KINDS = ("refused", "server error", "lost", "reset", "empty", "killed before", "killed after", "slow")

solution = st.fixed_dictionaries(
    {},
    optional={
        "recipeArn": st.sampled_from([V2, SIMS]),
        "performAutoTraining": st.sampled_from(["true", "false"]),
        "tags": st.sampled_from([tag_list(team="search"), tag_list(team="recs", stage="beta")]),
        "name": st.sampled_from(["movies", "shows"]),
        "waitForTrainingOnDelete": st.sampled_from(["true"]),
    },
)
templates = st.dictionaries(st.sampled_from(["A", "B", "C"]), solution, min_size=1).map(
    lambda solutions: template(**solutions)
)
seconds = st.sampled_from([0.5, 2.0, 7.0, 20.0, 70.0, 200.0])
moments = st.one_of(st.floats(0.0, 1.0), seconds)
picks = st.integers(0, 7)
faults = st.builds(
    CallFault,
    kind=st.sampled_from(_KINDS),
    operation=st.sampled_from(_OPERATIONS),
    times=st.sampled_from([1, 1, 1, 3, 1000]),
    after=st.integers(0, 2),
    code=st.sampled_from(_CODES),
)
durations = st.builds(
    Durations,
    solution_create=st.sampled_from([0, 1, 15, 90]),
    solution_visible=st.sampled_from([0, 0, 4]),
    solution_update=st.sampled_from([0, 2, 30]),
    solution_version=st.sampled_from([20, TRAINING_SECONDS]),
    solution_version_stop=st.sampled_from([0, 5]),
    delete=st.sampled_from([0, 1, 20]),
)
