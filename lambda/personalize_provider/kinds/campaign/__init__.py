"""Amazon Personalize campaigns as a kind of resource."""
