"""For tests of stacks with solutions and campaigns: stable templates, and assertions about them.

`cdk_personalize.testing.syrupy` has the extension for snapshot tests with syrupy. Nothing here needs pytest.
"""

from cdk_personalize.testing._campaigns import campaigns_of, has_campaign
from cdk_personalize.testing._solutions import has_solution, solutions_of
from cdk_personalize.testing._template import template_of

__all__ = ["campaigns_of", "has_campaign", "has_solution", "solutions_of", "template_of"]
